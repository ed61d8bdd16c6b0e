package match

import (
	"math"
	"strings"

	"decree/rules/ir"
)

// Trigger gives an indexed atom that holds whenever an atom does, and a guess at how often it holds; ok is false if there is none. What many rules ask
// is mostly general, such as a provider or that a connection was made from here.
func (a *Atoms) Trigger(i int) (atom int, often float64, ok bool) {
	is := a.list[i]
	if !is.literal || is.Slot == None {
		if is.pre < 0 {
			return 0, 0, false
		}
		i, is = is.pre, a.list[is.pre]
	}
	switch t := is.Test.(type) {
	case *ir.Text:
		for _, v := range t.Values {
			often += commonness(t.Op, v)
		}
	case *ir.Number:
		often = 0.05 * float64(len(t.Values))
	}
	return i, often * math.Sqrt(float64(is.uses)), true
}

// everyday are parts of many texts.
var everyday = []string{"cmd", "powershell", "pwsh", "svchost", "rundll32", "http", "windows", "system32", "syswow64", "microsoft", "program files", "users", "appdata", "temp", ".exe", ".dll"}

// commonness guesses how often a value matches. Short values and everyday words match often.
func commonness(op ir.TextOp, v string) float64 {
	guess := 0.001 + math.Pow(0.6, float64(len(v)))
	if op == ir.Equals {
		guess += 0.004
	}
	for _, word := range everyday {
		if len(v) <= len(word)+5 && strings.Contains(strings.ToLower(v), word) {
			guess += 0.1
		}
	}
	return guess
}

// Cost is a guess at the cost of asking an atom, in look-ups.
func (a *Atoms) Cost(i int) int {
	atom := a.list[i]
	if _, isElements := atom.Test.(*ir.Elements); isElements {
		return 200
	}
	if _, isRegex := atom.program.test.(*ir.Regex); isRegex {
		return 100
	}
	if atom.literal {
		return 1
	}
	return 10
}

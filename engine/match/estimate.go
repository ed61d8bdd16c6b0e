package match

import (
	"math"
	"strings"

	"decree/rules/ir"
)

// Trigger gives an indexed atom that holds whenever an atom does, and a guess at how often it holds; ok is false if
// there is none. What many rules ask is mostly general, such as a provider or that a connection was made from here.
func (a *Atoms) Trigger(i int) (atom int, guess float64, ok bool) {
	is := a.list[i]
	if !is.literal || is.Slot == None {
		if is.pre < 0 {
			return 0, 0, false
		}
		i, is = is.pre, a.list[is.pre]
	}
	return i, is.often * math.Sqrt(float64(is.uses)), true
}

// often guesses how often a literal test holds.
func often(t ir.Test) (often float64) {
	switch t := t.(type) {
	case *ir.Text:
		for _, v := range t.Values {
			often += commonness(t.Op, v)
		}
	case *ir.Number:
		often = 0.05 * float64(len(t.Values))
	}
	return often
}

// everyday are parts of many texts.
var everyday = []string{"cmd", "powershell", "pwsh", "svchost", "rundll32", "http", "windows", "system32", "syswow64", "microsoft", "program files", "users", "appdata", "temp", ".exe", ".dll"}

// mostEveryday are the bytes of the longest of them, and some more.
const mostEveryday = 13 + 5

// commonness guesses how often a value matches. Short values and everyday words match often.
func commonness(op ir.TextOp, v string) float64 {
	guess := 0.001 + math.Pow(0.6, float64(len(v)))
	if op == ir.Equals {
		guess += 0.004
	}
	v = strings.ToLower(v)
	if len(v) > mostEveryday {
		return guess
	}
	for _, word := range everyday {
		if len(v) <= len(word)+5 && strings.Contains(v, word) {
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

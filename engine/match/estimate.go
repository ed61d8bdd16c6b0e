package match

import (
	"math"
	"strings"

	"decree/rules/ir"
)

// Trigger gives an indexed atom that holds whenever an atom does, and a guess at how often it holds; ok is false if there is none.
func (a *Atoms) Trigger(i int) (atom int, often float64, ok bool) {
	is := a.list[i]
	if !is.indexed {
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
		often = 0.02 * float64(len(t.Values))
	}
	return i, often, true
}

// commonness guesses how often a value matches. Short values and everyday programs match often.
func commonness(op ir.TextOp, v string) float64 {
	guess := 0.01 + math.Pow(0.6, float64(len(v)))
	if op == ir.Equals {
		guess = 0.01
	}
	for _, everyday := range []string{"cmd.exe", "powershell.exe", "pwsh.exe", "svchost.exe", "http", "windows", "system32", "users", ".exe", ".dll"} {
		if strings.Contains(strings.ToLower(v), everyday) && len(v) <= len(everyday)+3 {
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
	if atom.indexed {
		return 1
	}
	return 10
}

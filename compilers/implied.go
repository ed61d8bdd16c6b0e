package compilers

import "decree/rules/ir"

// withoutPrevalence gives what n implies about everything but prevalence: `(a and rare) or (b and not rare)` implies `a or b`. It is *ir.Const
// if nothing is implied. holds is false below a negation.
func withoutPrevalence(n ir.Node, holds bool) ir.Node {
	switch n := n.(type) {
	case *ir.Prevalence:
		return &ir.Const{Base: n.Base, Value: holds}
	case *ir.Match, *ir.Keyword, *ir.Const:
		return n
	case *ir.Named:
		if !asksPrevalence(n) {
			return n
		}
		return withoutPrevalence(n.Body, holds)
	case *ir.Not:
		term := withoutPrevalence(n.Term, !holds)
		if known, ok := term.(*ir.Const); ok {
			return &ir.Const{Base: n.Base, Value: !known.Value}
		}
		return &ir.Not{Base: n.Base, Term: term}
	case *ir.And:
		terms, decided := withoutPrevalenceOf(n.Terms, holds, false)
		switch {
		case decided || len(terms) == 0:
			return &ir.Const{Base: n.Base, Value: !decided}
		case len(terms) == 1:
			return terms[0]
		}
		return &ir.And{Base: n.Base, Terms: terms}
	case *ir.Or:
		terms, decided := withoutPrevalenceOf(n.Terms, holds, true)
		switch {
		case decided || len(terms) == 0:
			return &ir.Const{Base: n.Base, Value: decided}
		case len(terms) == 1:
			return terms[0]
		}
		return &ir.Or{Base: n.Base, Terms: terms}
	case *ir.AtLeast:
		if asksPrevalence(n) {
			return &ir.Const{Base: n.Base, Value: holds}
		}
		return n
	}
	panic("compilers: unknown node")
}

// withoutPrevalenceOf leaves out terms that change nothing. decided tells that one term alone gives the result that decides.
func withoutPrevalenceOf(terms []ir.Node, holds, decides bool) (left []ir.Node, decided bool) {
	for _, t := range terms {
		t = withoutPrevalence(t, holds)
		known, ok := t.(*ir.Const)
		switch {
		case !ok:
			left = append(left, t)
		case known.Value == decides:
			return nil, true
		}
	}
	return left, false
}

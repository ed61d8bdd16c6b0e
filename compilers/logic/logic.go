// Package logic joins the comparisons of a query by and, or and not.
//
// In: the tree of a rule's condition, and a dialect's text for each comparison. Out: the predicate in the dialect's
// syntax.
//
// What must stay true: parentheses come from structure, and what is printed is never joined again.
package logic

import (
	"slices"
	"strings"
)

// Pred is a boolean expression of a target whose leaves are already text: Atom, All, Any, Listed, Not or Constant.
type Pred interface{ pred() }

// Atom is one comparison, printed unchanged. It must bind tighter than any connective.
type Atom string

// All is a conjunction.
type All []Pred

// Any is a disjunction.
type Any []Pred

// Listed is a disjunction that is written in parentheses, with one term per line.
type Listed []Pred

// Not is a negation.
type Not struct{ Term Pred }

// Constant is always true or always false.
type Constant bool

// The two constants.
const (
	Always Constant = true
	Never  Constant = false
)

func (Atom) pred() {}

func (All) pred() {}

func (Any) pred() {}

func (Listed) pred() {}

func (Not) pred() {}

func (Constant) pred() {}

// Syntax is a target's spelling of the connectives.
type Syntax struct {
	And, Or, Not string // with the spaces around or after them: " and ", " or ", "not "
	NotCall      bool   // negation always has parentheses: not(x)
	Explicit     bool   // parenthesise every connective inside another, whatever binds tighter
	True, False  string
}

// How tightly a printed expression binds.
const (
	strengthOr = iota
	strengthAnd
	strengthNot
	strengthAtom
)

func (s Syntax) print(p Pred) (string, int) {
	switch p := p.(type) {
	case Atom:
		return string(p), strengthAtom
	case Constant:
		if p {
			return s.True, strengthAtom
		}
		return s.False, strengthAtom
	case Not:
		if twice, ok := p.Term.(Not); ok {
			return s.print(twice.Term)
		}
		if s.NotCall {
			return s.Print(p.Term).Call(strings.TrimSpace(s.Not)), strengthAtom
		}
		return s.Not + s.wrap(p.Term, strengthNot), strengthNot
	case All:
		return s.join(conjuncts(p), s.And, strengthAnd, true)
	case Any:
		return s.join(disjuncts(p), s.Or, strengthOr, false)
	case Listed:
		if len(p) == 0 {
			return s.print(Never)
		}
		return "(" + s.lines(p) + ")", strengthAtom
	}
	panic("logic: unknown predicate")
}

// conjuncts are the terms of a conjunction, with nested conjunctions flattened: these need no parentheses.
func conjuncts(p All) []Pred {
	var terms []Pred
	for _, t := range p {
		if below, ok := onlyTerm(t).(All); ok && len(below) > 0 {
			terms = append(terms, conjuncts(below)...)
		} else {
			terms = append(terms, t)
		}
	}
	return terms
}

// Distinct drops duplicate comparisons, as a rule asks what limits its log source.
func (a All) Distinct() All {
	seen := map[Atom]bool{}
	return slices.DeleteFunc(slices.Clone(a), func(p Pred) bool {
		atom, ok := onlyTerm(p).(Atom)
		if !ok {
			return false
		}
		again := seen[atom]
		seen[atom] = true
		return again
	})
}

// disjuncts does the same for disjunctions.
func disjuncts(p Any) []Pred {
	var terms []Pred
	for _, t := range p {
		if below, ok := onlyTerm(t).(Any); ok && len(below) > 0 {
			terms = append(terms, disjuncts(below)...)
		} else {
			terms = append(terms, t)
		}
	}
	return terms
}

// onlyTerm is the single term of a conjunction or disjunction with one term. Otherwise it is p.
func onlyTerm(p Pred) Pred {
	switch p := p.(type) {
	case All:
		if len(p) == 1 {
			return onlyTerm(p[0])
		}
	case Any:
		if len(p) == 1 {
			return onlyTerm(p[0])
		}
	}
	return p
}

func (s Syntax) join(terms []Pred, word string, strength int, empty bool) (string, int) {
	switch len(terms) {
	case 0:
		return s.print(Constant(empty))
	case 1:
		return s.print(terms[0])
	}
	parts := make([]string, len(terms))
	for i, t := range terms {
		parts[i] = s.wrap(t, strength+1)
	}
	return strings.Join(parts, word), strength
}

// wrap prints a term, in parentheses unless it binds tightly enough.
func (s Syntax) wrap(p Pred, needed int) string {
	text, strength := s.print(p)
	if strength < needed || (s.Explicit && strength < strengthNot) {
		return "(" + text + ")"
	}
	return text
}

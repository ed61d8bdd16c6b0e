package compilers

import (
	"strings"

	"decree/rules/ir"
)

// Pred is a boolean expression of a target whose leaves are already text: Atom, All, Any,
// Listed, None or Fixed. Dialects build one from the tree and print it with their Syntax, so
// that parentheses always come from structure.
type Pred interface{ pred() }

// Atom is one comparison, printed as it is. It must bind tighter than any connective.
type Atom string

// All is a conjunction.
type All []Pred

// Any is a disjunction.
type Any []Pred

// Listed is a disjunction that is written a term a line, in parentheses.
type Listed []Pred

// Not is a negation.
type Not struct{ Term Pred }

// Constant is always true or always false.
type Constant bool

func (Atom) pred()     {}
func (All) pred()      {}
func (Any) pred()      {}
func (Listed) pred()   {}
func (Not) pred()      {}
func (Constant) pred() {}

// Syntax is a target's spelling of the connectives.
type Syntax struct {
	And, Or, Not string // with the spaces around or after them: " and ", " or ", "not "
	NotCall      bool   // negation takes its term in parentheses always: not(x)
	Explicit     bool   // parenthesise every connective inside another, whatever binds tighter
	True, False  string
}

// The strength with which a printed expression holds together.
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
			return s.print(Constant(false))
		}
		return "(" + s.lines(p) + ")", strengthAtom
	}
	panic("compilers: unknown predicate")
}

// conjuncts are the terms of a conjunction, and of those that stand in it: they need no parentheses.
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

// disjuncts likewise.
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

// onlyTerm is the one term of a conjunction or disjunction that has no other, or p.
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

// wrap prints a term so that it holds at least as strongly as needed.
func (s Syntax) wrap(p Pred, needed int) string {
	text, strength := s.print(p)
	if strength < needed || (s.Explicit && strength < strengthNot) {
		return "(" + text + ")"
	}
	return text
}

// Build turns a tree into a Pred; leaf gives the Pred of a Match, Keyword or Prevalence.
// `N of` becomes the disjunction of the ways to choose N (see MaxChoices).
func Build(n ir.Node, predicate func(ir.Node) Pred) Pred {
	switch n := n.(type) {
	case *ir.And:
		return All(buildAll(n.Terms, predicate))
	case *ir.Or:
		return Any(buildAll(n.Terms, predicate))
	case *ir.Not:
		return Not{Build(n.Term, predicate)}
	case *ir.Named:
		return Build(n.Body, predicate)
	case *ir.Const:
		return Constant(n.Value)
	case *ir.AtLeast:
		terms := buildAll(n.Terms, predicate)
		var ways Any
		choose(len(terms), n.Count, func(picked []int) {
			var way All
			for _, i := range picked {
				way = append(way, terms[i])
			}
			ways = append(ways, way)
		})
		return ways
	case *ir.Match, *ir.Keyword, *ir.Prevalence:
		return predicate(n)
	}
	panic("compilers: unknown node")
}

// Occurrences makes a predicate of the condition of a correlation. flag says that an input occurred, and atLeast that so many
// of some terms hold: of many inputs the combinations would be too many to write.
func Occurrences(n ir.Node, flag func(input int) Pred, atLeast func(terms []Pred, count int) Pred) Pred {
	if o, ok := n.(*ir.Occurred); ok {
		return flag(o.Input)
	}
	var terms []Pred
	for _, t := range ir.Children(n) {
		terms = append(terms, Occurrences(t, flag, atLeast))
	}
	switch n := n.(type) {
	case *ir.And:
		return All(terms)
	case *ir.Or:
		return Any(terms)
	case *ir.Not:
		return Not{terms[0]}
	case *ir.AtLeast:
		return atLeast(terms, n.Count)
	}
	panic("compilers: unknown node in a correlation's condition")
}

func buildAll(nodes []ir.Node, predicate func(ir.Node) Pred) []Pred {
	preds := make([]Pred, len(nodes))
	for i, n := range nodes {
		preds[i] = Build(n, predicate)
	}
	return preds
}

// MaxChoices bounds how many combinations an `N of` may expand to in a query.
const MaxChoices = 200

// choices counts the ways to choose k of n, giving up beyond MaxChoices.
func choices(n, k int) int {
	ways := 1
	for i := 1; i <= k; i++ {
		ways = ways * (n - k + i) / i
		if ways > MaxChoices {
			return MaxChoices + 1
		}
	}
	return ways
}

// choose calls f with every ascending choice of k indexes below n.
func choose(n, k int, f func([]int)) {
	picked := make([]int, 0, k)
	var from func(int)
	from = func(i int) {
		if len(picked) == k {
			f(picked)
			return
		}
		for ; i <= n-(k-len(picked)); i++ {
			picked = append(picked, i)
			from(i + 1)
			picked = picked[:len(picked)-1]
		}
	}
	from(0)
}

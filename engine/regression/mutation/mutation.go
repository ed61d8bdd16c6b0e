// Package mutation changes a rule a little, in every way that an author might by mistake, and asks
// whether its tests notice. In: a lowered rule and its tests. Out: the mutants, which of them no test
// killed, and events that would. A mutant that provably means the same as the rule is not a survivor.
package mutation

import (
	"fmt"
	"slices"

	"decree/rules/diag"
	"decree/rules/ir"
)

// Mutant is a rule with one small change.
type Mutant struct {
	Kind   string     `json:"kind"` // what was done, of a fixed set
	At     diag.Range `json:"at"`
	Change string     `json:"change"` // in words
	Rule   *ir.Rule   `json:"-"`
}

// Mutants lists every small change of a rule, in the order of its tree. Those that are the rule itself, or
// another mutant, in other words are left out.
func Mutants(r *ir.Rule) []Mutant {
	m := &maker{rule: r, places: placesOf(r.Source), seen: map[string]bool{ruleKey(r): true}, names: map[*ir.Named]bool{}}
	m.root(r.Condition)
	m.extracts()
	m.suppress()
	return m.out
}

type maker struct {
	rule   *ir.Rule
	places places
	seen   map[string]bool
	names  map[*ir.Named]bool
	out    []Mutant
}

// add makes a mutant with a node in the place of another.
func (m *maker) add(kind string, at diag.Range, old, with ir.Node, format string, args ...any) {
	m.take(kind, at, ir.Replace(m.rule, old, with), format, args...)
}

// take takes a changed rule, unless it is the rule itself, or another mutant, in other words.
func (m *maker) take(kind string, at diag.Range, changed *ir.Rule, format string, args ...any) {
	key := ruleKey(changed)
	if m.seen[key] {
		return
	}
	m.seen[key] = true
	m.out = append(m.out, Mutant{kind, at, fmt.Sprintf(format, args...), changed})
}

// root is a condition or the body of a name: nothing above it negates it.
func (m *maker) root(n ir.Node) {
	if leaf(n) {
		m.add("negate", n.Range(), n, not(n), "not %s", Label(n))
	}
	m.node(n)
}

func leaf(n ir.Node) bool {
	switch n.(type) {
	case *ir.Match, *ir.Keyword, *ir.Prevalence, *ir.Join:
		return true
	}
	return false
}

func (m *maker) node(n ir.Node) {
	switch n := n.(type) {
	case *ir.Named:
		if !m.names[n] {
			m.names[n] = true
			m.root(n.Body)
		}
		return
	case *ir.And:
		m.terms(n, n.Terms, func(terms []ir.Node) ir.Node { return and(n.At, terms) })
		m.add("and-or", n.At, n, or(n.At, n.Terms), "any instead of all of: %s", labels(n.Terms))
	case *ir.Or:
		m.terms(n, n.Terms, func(terms []ir.Node) ir.Node { return or(n.At, terms) })
		m.add("and-or", n.At, n, and(n.At, n.Terms), "all instead of any of: %s", labels(n.Terms))
	case *ir.AtLeast:
		m.terms(n, n.Terms, func(terms []ir.Node) ir.Node { return atLeast(n.At, n.Count, terms) })
		for _, count := range []int{n.Count - 1, n.Count + 1} {
			m.add("threshold", n.At, n, atLeast(n.At, count, n.Terms), "%d instead of %d of: %s", count, n.Count, labels(n.Terms))
		}
	case *ir.Not:
		m.add("negate", n.At, n, n.Term, "%s, without its `not`", Label(n.Term))
	case *ir.Match:
		m.match(n)
	case *ir.Keyword:
		for _, v := range variants(n.Test) {
			m.add(v.kind, m.places.of(n.At, v.value), n, &ir.Keyword{Base: n.Base, Test: v.test}, "any value: %s", v.change)
		}
	case *ir.Prevalence:
		m.prevalence(n)
	case *ir.Join:
		m.join(n)
	case *ir.Const:
	}
	for _, c := range ir.Children(n) {
		m.node(c)
	}
}

// terms drops and negates each term of a connective.
func (m *maker) terms(n ir.Node, terms []ir.Node, build func([]ir.Node) ir.Node) {
	for i, t := range terms {
		m.add("drop", t.Range(), n, build(slices.Delete(slices.Clone(terms), i, i+1)), "without %s", Label(t))
		if _, negated := t.(*ir.Not); !negated {
			others := slices.Clone(terms)
			others[i] = not(t)
			m.add("negate", t.Range(), n, build(others), "not %s", Label(t))
		}
	}
}

func (m *maker) match(n *ir.Match) {
	for _, v := range placedVariants(n.Test, n.At) {
		m.add(v.kind, m.places.of(v.at, v.value), n, &ir.Match{Base: n.Base, Field: n.Field, Test: v.test}, "%s: %s", n.Field, v.change)
	}
	if n.Field.Level == 0 {
		return
	}
	for _, level := range []int{n.Field.Level - 1, n.Field.Level + 1} {
		if level <= maxLevel {
			other := ir.Field{Name: n.Field.Name, Level: level}
			m.add("ancestor", n.At, n, &ir.Match{Base: n.Base, Field: other, Test: n.Test}, "%s instead of %s", other, n.Field)
		}
	}
}

func not(n ir.Node) ir.Node {
	if inner, ok := n.(*ir.Not); ok {
		return inner.Term
	}
	return &ir.Not{Base: ir.Base{At: n.Range()}, Term: n}
}

func and(at diag.Range, terms []ir.Node) ir.Node {
	if len(terms) == 1 {
		return terms[0]
	}
	return &ir.And{Base: ir.Base{At: at}, Terms: terms}
}

func or(at diag.Range, terms []ir.Node) ir.Node {
	if len(terms) == 1 {
		return terms[0]
	}
	return &ir.Or{Base: ir.Base{At: at}, Terms: terms}
}

func atLeast(at diag.Range, count int, terms []ir.Node) ir.Node {
	switch {
	case count <= 1:
		return or(at, terms)
	case count >= len(terms):
		return and(at, terms)
	}
	return &ir.AtLeast{Base: ir.Base{At: at}, Count: count, Terms: terms}
}

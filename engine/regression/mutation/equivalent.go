package mutation

import (
	"slices"
	"strings"

	"decree/rules/ir"
)

// mostAtoms bounds the tests of a rule of which every combination is tried.
const mostAtoms = 12

// Equivalent tells whether two rules provably find the same events: they agree on every combination of
// what their tests may say, left out those in which a test holds and another that it implies does not,
// and suppress the same matches.
func Equivalent(a, b *ir.Rule) bool {
	if suppressKey(a) != suppressKey(b) {
		return false
	}
	t := &table{at: map[string]int{}}
	left, right := t.formula(a.Condition), t.formula(b.Condition)
	if len(t.atoms) > mostAtoms {
		return false
	}
	var implied [][2]int
	for i := range t.atoms {
		for j := range t.atoms {
			if i != j && implies(t.atoms[i], t.atoms[j]) {
				implied = append(implied, [2]int{i, j})
			}
		}
	}
	for world := range uint(1) << len(t.atoms) {
		impossible := slices.ContainsFunc(implied, func(p [2]int) bool { return world>>p[0]&1 == 1 && world>>p[1]&1 == 0 })
		if !impossible && left(world) != right(world) {
			return false
		}
	}
	return true
}

// table numbers the tests of rules.
type table struct {
	at    map[string]int
	atoms []ir.Node
}

// formula makes a tree a function of which tests hold.
func (t *table) formula(n ir.Node) func(uint) bool {
	switch n := n.(type) {
	case *ir.Const:
		return func(uint) bool { return n.Value }
	case *ir.Named:
		return t.formula(n.Body)
	case *ir.Not:
		term := t.formula(n.Term)
		return func(world uint) bool { return !term(world) }
	case *ir.And:
		return t.atLeast(len(n.Terms), n.Terms)
	case *ir.Or:
		return t.atLeast(1, n.Terms)
	case *ir.AtLeast:
		return t.atLeast(n.Count, n.Terms)
	case *ir.Match:
		switch test := n.Test.(type) {
		case *ir.Null:
			return t.formula(&ir.Not{Base: n.Base, Term: &ir.Match{Base: n.Base, Field: n.Field, Test: &ir.Exists{Value: true}}})
		case *ir.Exists:
			if !test.Value {
				return t.formula(&ir.Match{Base: n.Base, Field: n.Field, Test: &ir.Null{}})
			}
		}
	}
	key := nodeKey(n)
	i, ok := t.at[key]
	if !ok {
		i = len(t.atoms)
		t.at[key] = i
		t.atoms = append(t.atoms, n)
	}
	return func(world uint) bool { return world>>i&1 == 1 }
}

func (t *table) atLeast(count int, nodes []ir.Node) func(uint) bool {
	terms := make([]func(uint) bool, len(nodes))
	for i, n := range nodes {
		terms[i] = t.formula(n)
	}
	return func(world uint) bool {
		held := 0
		for _, term := range terms {
			if term(world) {
				held++
			}
		}
		return held >= count
	}
}

// implies tells whether a test that holds proves that another does.
func implies(a, b ir.Node) bool {
	if x, ok := a.(*ir.Keyword); ok {
		y, ok := b.(*ir.Keyword)
		return ok && testImplies(x.Test, y.Test)
	}
	x, ok := a.(*ir.Match)
	y, both := b.(*ir.Match)
	return ok && both && x.Field == y.Field && testImplies(x.Test, y.Test)
}

func testImplies(a, b ir.Test) bool {
	switch b := b.(type) {
	case *ir.Exists:
		return b.Value
	case *ir.Text:
		a, ok := a.(*ir.Text)
		return ok && every(a.Values, b.Values, func(v, w string) bool { return textImplies(a, v, b, w) })
	case *ir.Number:
		a, ok := a.(*ir.Number)
		return ok && every(a.Values, b.Values, func(v, w float64) bool { return numberImplies(a.Op, v, b.Op, w) })
	case *ir.CIDR:
		a, ok := a.(*ir.CIDR)
		if !ok {
			return false
		}
		for _, p := range a.Prefixes {
			covered := false
			for _, q := range b.Prefixes {
				covered = covered || q.Bits() <= p.Bits() && q.Contains(p.Addr())
			}
			if !covered {
				return false
			}
		}
		return true
	}
	return false
}

// every tells whether each value of one test proves a value of the other.
func every[T any](a, b []T, proves func(T, T) bool) bool {
	return !slices.ContainsFunc(a, func(v T) bool { return !slices.ContainsFunc(b, func(w T) bool { return proves(v, w) }) })
}

func textImplies(a *ir.Text, v string, b *ir.Text, w string) bool {
	if b.Cased && !a.Cased && hasCase(w) {
		return false
	}
	if !b.Cased {
		v, w = strings.ToLower(v), strings.ToLower(w)
	}
	switch b.Op {
	case ir.Contains:
		return strings.Contains(v, w)
	case ir.StartsWith:
		return (a.Op == ir.Equals || a.Op == ir.StartsWith) && strings.HasPrefix(v, w)
	case ir.EndsWith:
		return (a.Op == ir.Equals || a.Op == ir.EndsWith || a.Op == ir.Filename) && strings.HasSuffix(v, w)
	case ir.Word:
		return (a.Op == ir.Equals || a.Op == ir.Word) && ir.HasWord(v, w)
	case ir.Equals:
		return a.Op == ir.Equals && v == w
	case ir.Filename:
		named := a.Op == ir.Filename || a.Op == ir.Equals || a.Op == ir.EndsWith && strings.ContainsAny(v, `\/`)
		return named && v[strings.LastIndexAny(v, `\/`)+1:] == w
	}
	return false
}

func numberImplies(op string, v float64, other string, w float64) bool {
	switch {
	case op == "eq":
		return map[string]bool{"eq": v == w, "lt": v < w, "lte": v <= w, "gt": v > w, "gte": v >= w}[other]
	case op == other && op[0] == 'l':
		return v <= w
	case op == other && op[0] == 'g':
		return v >= w
	case op == "lt" && other == "lte":
		return v <= w
	case op == "lte" && other == "lt":
		return v < w
	case op == "gt" && other == "gte":
		return v >= w
	case op == "gte" && other == "gt":
		return v > w
	}
	return false
}

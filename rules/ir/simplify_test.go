package ir

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// holds is the meaning of a tree whose leaves are Text tests on fields, given each field's value.
func holds(n Node, values map[string]string) bool {
	switch n := n.(type) {
	case *And:
		for _, t := range n.Terms {
			if !holds(t, values) {
				return false
			}
		}
		return true
	case *Or:
		for _, t := range n.Terms {
			if holds(t, values) {
				return true
			}
		}
		return false
	case *Not:
		return !holds(n.Term, values)
	case *AtLeast:
		count := 0
		for _, t := range n.Terms {
			if holds(t, values) {
				count++
			}
		}
		return count >= n.Count
	case *Named:
		return holds(n.Body, values)
	case *Const:
		return n.Value
	case *Match:
		for _, v := range n.Test.(*Text).Values {
			if values[n.Field.Name] == v {
				return true
			}
		}
		return false
	}
	panic("unknown node")
}

func randomTree(r *rand.Rand, depth int) Node {
	leaf := func() Node {
		return &Match{Field: Field{Name: []string{"f", "g"}[r.IntN(2)]}, Test: &Text{Values: []string{[]string{"x", "y", "z"}[r.IntN(3)]}, Cased: r.IntN(3) == 0}}
	}
	if depth == 0 {
		return leaf()
	}
	var terms []Node
	for range r.IntN(4) {
		terms = append(terms, randomTree(r, depth-1))
	}
	switch r.IntN(7) {
	case 0, 1:
		return &And{Terms: terms}
	case 2, 3:
		return &Or{Terms: terms}
	case 4:
		return &Not{Term: randomTree(r, depth-1)}
	case 5:
		if len(terms) >= 3 {
			return &AtLeast{Count: 2, Terms: terms}
		}
		return &Const{Value: r.IntN(2) == 0}
	}
	return leaf()
}

// TestSimplifyKeepsTheMeaning compares random trees before and after on every event.
func TestSimplifyKeepsTheMeaning(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 2000 {
		before := randomTree(r, 5)
		text := fmt.Sprintf("%d: %s", i, Dump(&Rule{Condition: before}))
		after := simplify(before)
		for _, f := range []string{"x", "y", "z", ""} {
			for _, g := range []string{"x", "y", "z", ""} {
				values := map[string]string{"f": f, "g": g}
				require.Equal(t, holds(before, values), holds(after, values), "%s\n%s\n%v", text, Dump(&Rule{Condition: after}), values)
			}
		}
		require.Equal(t, text, fmt.Sprintf("%d: %s", i, Dump(&Rule{Condition: before})), "simplify changed its argument")
	}
}

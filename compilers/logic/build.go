package logic

import (
	"decree/rules/ir"
)

// Build turns a tree into a Pred; predicate gives the Pred of a Match, Keyword, Prevalence or Join.
// `N of` becomes the disjunction of the ways to choose N (see MostChoices).
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
	case *ir.Match, *ir.Keyword, *ir.Prevalence, *ir.Join:
		return predicate(n)
	}
	panic("logic: unknown node")
}

// Occurrences turns the condition of a correlation into a predicate. flag gives the predicate that an input occurred.
// atLeast gives the predicate that a number of terms hold, because listing all combinations of many inputs would be too
// long.
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
	panic("logic: unknown node in a correlation's condition")
}

func buildAll(nodes []ir.Node, predicate func(ir.Node) Pred) []Pred {
	preds := make([]Pred, len(nodes))
	for i, n := range nodes {
		preds[i] = Build(n, predicate)
	}
	return preds
}

// MostChoices bounds how many combinations an `N of` may expand to in a query.
const MostChoices = 200

// Choices counts the ways to choose k of n, giving up beyond MostChoices.
func Choices(n, k int) int {
	ways := 1
	for i := 1; i <= k; i++ {
		ways = ways * (n - k + i) / i
		if ways > MostChoices {
			return MostChoices + 1
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

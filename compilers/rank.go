package compilers

import (
	"fmt"
	"slices"

	"decree/compilers/logic"
	"decree/rules"
)

// Rank is a count of values in the window of a correlation over ranked values: those for which the comparison with
// Bound holds.
type Rank struct {
	Op    string // "lt" or "lte"
	Bound float64
}

// Ranks are the counts that decide whether the value at a rank is within a correlation's bounds. The r-th value is at
// most b exactly if at least r values are at most b.
func Ranks(c *rules.Correlation) []Rank {
	var out []Rank
	for _, b := range c.Bounds {
		for _, r := range []Rank{{"lt", b.Value}, {"lte", b.Value}} {
			if asksRank(b.Op, r.Op) && !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}

// asksRank tells whether a bound needs the count of values below it (lt) or up to it (lte).
func asksRank(bound, rank string) bool {
	if rank == "lt" {
		return bound != "lte" && bound != "gt"
	}
	return bound != "lt" && bound != "gte"
}

// RankSyntax is the syntax that ranks need in a dialect.
type RankSyntax struct {
	Ceiling string // of a count and a percentage
	AtLeast string // of two numbers
}

// Ranked compares the value at a rank with the bounds, for the types value_min, value_max, value_median and
// value_percentile. n is the number of values in the window, and counted(i) the i-th of Ranks. With an even number of
// values, the median lies between two: it is enough if one of them is within the bound, so that every match is found.
func Ranked(c *rules.Correlation, n string, counted func(int) string, s RankSyntax) logic.Pred {
	low, high := "1", "1"
	switch c.Type {
	case rules.ValueMin:
	case rules.ValueMax:
		low, high = n, n
	case rules.ValuePercentile:
		low = fmt.Sprintf(s.Ceiling, n, Number(c.Percentile))
		high = low
	case rules.ValueMedian:
		low, high = "ceiling("+n+"/2)", "floor("+n+"/2)+1"
	default:
		panic("compilers: not a type over ranked values")
	}
	ranks := Ranks(c)
	var all logic.All
	for _, b := range c.Bounds {
		atLeast := func(rank, position string) logic.Pred {
			return logic.Atom(fmt.Sprintf(s.AtLeast, counted(slices.Index(ranks, Rank{rank, b.Value})), position))
		}
		switch b.Op {
		case "lt":
			all = append(all, atLeast("lt", low))
		case "lte":
			all = append(all, atLeast("lte", low))
		case "gt":
			all = append(all, logic.Not{Term: atLeast("lte", high)})
		case "gte":
			all = append(all, logic.Not{Term: atLeast("lt", high)})
		case "eq":
			all = append(all, atLeast("lte", low), logic.Not{Term: atLeast("lt", high)})
		case "neq":
			all = append(all, logic.Any{atLeast("lt", low), logic.Not{Term: atLeast("lte", high)}})
		default:
			panic("compilers: unknown bound")
		}
	}
	return all
}

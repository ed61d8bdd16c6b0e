package compilers

import (
	"fmt"
	"slices"

	"decree/rules"
)

// Rank is a number of values that a correlation over ranked values counts in its window: those that compare so with Bound.
type Rank struct {
	Op    string // "lt" or "lte"
	Bound float64
}

// Ranks are the counts that tell whether the value at a rank, in order, is within a correlation's bounds: at least r of the values are at
// most b exactly when the r-th is.
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

// RankSyntax is how a dialect writes what ranks need.
type RankSyntax struct {
	Ceiling string // of a count and a percentage
	AtLeast string // of two numbers
}

// Ranked compares the value at the rank that a correlation of the type value_min, value_max, value_median or value_percentile asks for with its
// bounds. n is how many values the window has, and counted(i) the i-th of Ranks. Of an even number of values the median is two: one of
// them must be within an upper bound, or a lower one, so that every match is found.
func Ranked(c *rules.Correlation, n string, counted func(int) string, s RankSyntax) Pred {
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
	var all All
	for _, b := range c.Bounds {
		atLeast := func(rank, position string) Pred {
			return Atom(fmt.Sprintf(s.AtLeast, counted(slices.Index(ranks, Rank{rank, b.Value})), position))
		}
		switch b.Op {
		case "lt":
			all = append(all, atLeast("lt", low))
		case "lte":
			all = append(all, atLeast("lte", low))
		case "gt":
			all = append(all, Not{atLeast("lte", high)})
		case "gte":
			all = append(all, Not{atLeast("lt", high)})
		case "eq":
			all = append(all, atLeast("lte", low), Not{atLeast("lt", high)})
		case "neq":
			all = append(all, Any{atLeast("lt", low), Not{atLeast("lte", high)}})
		default:
			panic("compilers: unknown bound")
		}
	}
	return all
}

package compilers

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers/logic"
	"decree/rules"
)

// TestRankedComparesTheValueAtARank holds the counts that a query compares to the sorted values themselves.
func TestRankedComparesTheValueAtARank(t *testing.T) {
	syntax := RankSyntax{Ceiling: "ceiling(%s*%s/100)", AtLeast: "%s>=%s"}
	called := logic.Syntax{And: " and ", Not: "not ", Or: " or ", NotCall: true, Explicit: true, True: "true", False: "false"}
	windows := [][]float64{{2}, {1, 2}, {2, 1, 3}, {1, 1, 3, 5}, {5, 4, 3, 2, 1}}
	for _, kind := range []rules.CorrelationType{rules.ValueMin, rules.ValueMax, rules.ValuePercentile, rules.ValueMedian} {
		for _, op := range []string{"lt", "lte", "gt", "gte", "eq", "neq"} {
			c := &rules.Correlation{Type: kind, Percentile: 60, Bounds: []rules.Bound{{Op: op, Value: 2}}}
			p := Ranked(c, "n", func(i int) string { return fmt.Sprintf("counts[%d]", i) }, syntax)
			program, err := expr.Compile(called.Print(p).Stage(""))
			require.NoError(t, err)
			for _, values := range windows {
				var counts []float64
				for _, r := range Ranks(c) {
					counts = append(counts, float64(len(slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return !within(v, r.Op, r.Bound) }))))
				}
				got, err := expr.Run(program, map[string]any{"n": float64(len(values)), "counts": counts, "ceiling": math.Ceil, "floor": math.Floor})
				require.NoError(t, err)
				want := false
				for _, v := range atRank(kind, values) { // of two middle values, one is enough
					want = want || within(v, op, 2)
				}
				if op == "eq" && kind == rules.ValueMedian {
					want = within(slices.Min(atRank(kind, values)), "lte", 2) && within(slices.Max(atRank(kind, values)), "gte", 2)
				}
				assert.Equal(t, want, got, "%v of %v is %s 2", kind, values, op)
			}
		}
	}
}

// atRank gives the values that stand at the rank which a type of correlation asks for.
func atRank(kind rules.CorrelationType, values []float64) []float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	switch kind {
	case rules.ValueMin:
		return sorted[:1]
	case rules.ValueMax:
		return sorted[n-1:]
	case rules.ValuePercentile:
		return []float64{sorted[int(math.Ceil(float64(n)*60/100))-1]}
	}
	return []float64{sorted[(n-1)/2], sorted[n/2]}
}

func within(v float64, op string, bound float64) bool {
	return map[string]bool{"lt": v < bound, "lte": v <= bound, "gt": v > bound, "gte": v >= bound, "eq": v == bound, "neq": v != bound}[op]
}

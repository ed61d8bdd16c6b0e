package spl

import (
	"slices"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules"
)

// median is the code of the gap: SPL only approximates a median.
const median = "correlation-median"

// valueRanked tests the value at a rank among the sorted values of the window: the first, the last, a percentile or the
// middle one. The comparison is done by counting. If there are two middle values, one of them is tested instead of
// their mean.
func (st *correlationPart) valueRanked() logic.Pred {
	if st.c.Source.Type == rules.ValueMedian {
		if !st.opt.Accepts("spl", st.c.Source.Body, median) {
			st.report(median, st.c.Source.TypeRange, compilers.AcceptHint("spl", median)+"; or use value_percentile with `percentile: 50`",
				"spl can only approximate this: one of two middle values is compared instead of their mean")
		}
		st.note(median, "false-positives", "one of two middle values is compared instead of their mean: the one for which the condition is more likely to hold")
	}
	names, there := st.numbers()
	enters := []string{countHolding(there)}
	var counted []int
	for _, rank := range compilers.Ranks(st.c.Source) {
		flags := make([]logic.Pred, len(names))
		for i, name := range names {
			flags[i] = allOf(there[i], logic.Atom(name+comparisons[rank.Op]+compilers.Number(rank.Bound)))
		}
		e := countHolding(flags)
		if !slices.Contains(enters, e) {
			enters = append(enters, e)
		}
		counted = append(counted, slices.Index(enters, e))
	}
	n := st.highestAtTime(st.window(enters))
	within := compilers.Ranked(st.c.Source, n[0], func(i int) string { return n[counted[i]] }, compilers.RankSyntax{Ceiling: "ceiling(%s*%s/100)", AtLeast: "%s>=%s"})
	return logic.All{logic.Atom(n[0] + ">0"), within}
}

package spl

import (
	"fmt"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/ir"
)

// Which inputs occurred follows from the time of the last match of each input, which filldown carries down the rows of
// a group. The first row of a group gets a time outside every window, so that nothing is carried over from the group
// above. All rows of one time get the same value.

// occurrences sorts the rows and sets on each whether an input has a match at exactly its time: decree_now_<i>.
func (st *correlationPart) occurrences() {
	var sets, now []string
	for i, f := range st.flags {
		sets = append(sets, fmt.Sprintf("decree_in_%d=%s", i+1, ifElse(f, "1", "0")))
		now = append(now, fmt.Sprintf("max(decree_in_%d) as decree_now_%d", i+1, i+1))
	}
	st.stage("eval " + strings.Join(sets, ",\n    "))
	st.stage("eventstats " + strings.Join(now, " ") + " by decree_group, _time")
	st.stage("sort 0 str(decree_group), num(_time)")
	st.stage("autoregress decree_group AS decree_above")
}

// last sets a field on rows where input i has a match, and carries the value down from there.
func (st *correlationPart) last(i int, taken string) string {
	return fmt.Sprintf(`decree_last_%d=case(decree_now_%d=1, %s, coalesce(decree_above, "")!=decree_group, _time-%s)`, i+1, i+1, taken, compilers.Number(st.c.Timespan.Seconds()+1))
}

func (st *correlationPart) within(i int) string {
	return fmt.Sprintf("_time-decree_last_%d<=%s", i+1, st.span())
}

// temporal tests which inputs occurred in the window.
func (st *correlationPart) temporal() logic.Pred {
	st.occurrences()
	var sets, names []string
	var flags []logic.Pred
	for i := range st.flags {
		sets = append(sets, st.last(i, "_time"))
		names = append(names, fmt.Sprintf("decree_last_%d", i+1))
		flags = append(flags, logic.Atom(st.within(i)))
	}
	st.stage("eval " + strings.Join(sets, ",\n    "))
	st.stage("filldown " + strings.Join(names, " "))
	if st.c.Condition != nil {
		return occurred(st.c.Condition, flags)
	}
	return st.bounds(countHolding(flags))
}

// occurred is a condition over inputs.
func occurred(n ir.Node, flags []logic.Pred) logic.Pred {
	return logic.Occurrences(n, func(input int) logic.Pred { return flags[input] },
		func(terms []logic.Pred, count int) logic.Pred {
			return logic.Atom(countHolding(terms) + ">=" + compilers.Number(float64(count)))
		})
}

// temporalOrdered tests that each input occurred after the previous one, and the last at the event itself.
// decree_last_<i> is the latest start of a sequence of matches of the inputs up to i: with any other start, fewer
// windows would contain it. It is taken over from i-1 whenever i has a match, because the start known for i-1 only
// increases.
func (st *correlationPart) temporalOrdered() logic.Pred {
	st.occurrences()
	end := len(st.flags) - 1
	taken := "_time"
	for i := range end {
		st.stage("eval " + st.last(i, taken))
		taken = fmt.Sprintf("decree_last_%d", i+1)
		st.stage("filldown " + taken)
	}
	is := logic.Atom(fmt.Sprintf("decree_in_%d=1", end+1))
	if end == 0 {
		return is
	}
	return allOf(is, logic.Atom(st.within(end-1)))
}

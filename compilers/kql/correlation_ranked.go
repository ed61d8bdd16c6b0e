package kql

import (
	"decree/compilers"
)

// valueMedian gives the times of matches at which the median of a window satisfies the bounds. It collects the values
// of each window. These are found through bins as long as the window: two bins cover each window.
// https://learn.microsoft.com/en-us/kusto/query/join-time-window
func (st *correlationPart) valueMedian() []string {
	st.note(compilers.Note{Code: "correlation-cost", Effect: "cost", Range: st.c.Source.TypeRange,
		Message: "each window's values are put in order: the cost grows with the matches of a group times those of a window"})
	return []string{st.inputs, "distinct " + st.groupColumns("At"), "extend Bin = bin(At, " + st.span + ")",
		"join kind=inner (\n    " + st.inputs + "\n    | " + where(finite) + "\n    | mv-expand Later = dynamic([0, 1]) to typeof(long)\n    | project " +
			st.groupColumns("Bin = bin(At, "+st.span+") + Later * "+st.span, "EarlierAt = At", "Value1") + "\n  ) on " + st.groupColumns("Bin"),
		"where EarlierAt between ((At - " + st.span + ") .. At)",
		"summarize Numbers = array_sort_asc(make_list(Value1)) by " + st.groupColumns("At"),
		"extend Value = (todouble(Numbers[(array_length(Numbers) - 1) / 2]) + todouble(Numbers[array_length(Numbers) / 2])) / 2",
		where(st.withinBounds()),
		"project " + st.groupColumns("At", "Value")}
}

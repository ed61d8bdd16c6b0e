package kql

import (
	"fmt"

	"decree/compilers"
)

// ordered writes, for each input, the latest time at which a sequence that leads up to its matches began: a later begin is never worse, and
// never earlier than that of a match before. A match takes it from the last match of the input before it.
func (st *window) ordered(windows string) {
	before := ""
	for i := range st.c.Inputs {
		name := windows
		if i < len(st.c.Inputs)-1 {
			name = st.names.free(fmt.Sprintf("%s_%d", st.name, i+1))
		}
		own := fmt.Sprintf("%s | where Input == %d | distinct %s", st.inputs, i, st.by("At"))
		if i == 0 {
			st.let(name, st.inputs, "where Input == 0", "distinct "+st.by("At"), "extend Start = At")
			before = name
			continue
		}
		rows := st.names.free(fmt.Sprintf("%s_%d_rows", st.name, i+1))
		st.let(rows, "materialize(union\n    ("+before+" | extend Own = 0),\n    ("+own+" | extend Own = 1)",
			st.sorted("At asc", "Own asc"),
			"extend Nth = "+st.cumulated("1 - Own")+")")
		st.let(name, rows, "where Own == 1",
			"join kind=inner ("+rows+" | where Own == 0 | project "+st.by("Nth", "Began = Start")+") on "+st.by("Nth"),
			"project "+st.by("At", "Start = Began"),
			"where Start >= At - "+st.span)
		before = name
	}
}

// median are the times of matches at which the median of a window satisfies the bounds. It takes the values of each window themselves, which
// are found by way of bins as long as the window: two of them hold each window.
// https://learn.microsoft.com/en-us/kusto/query/join-time-window
func (st *window) median() []string {
	st.note(compilers.Note{Code: "correlation-cost", Effect: "cost", Range: st.c.Source.TypeRange,
		Message: "each window's values are put in order: the cost grows with the matches of a group times those of a window"})
	return []string{st.inputs, "distinct " + st.by("At"), "extend Bin = bin(At, " + st.span + ")",
		"join kind=inner (\n    " + st.inputs + "\n    | " + where(finite) + "\n    | mv-expand Later = dynamic([0, 1]) to typeof(long)\n    | project " +
			st.by("Bin = bin(At, "+st.span+") + Later * "+st.span, "EarlierAt = At", "Value1") + "\n  ) on " + st.by("Bin"),
		"where EarlierAt between ((At - " + st.span + ") .. At)",
		"summarize Numbers = array_sort_asc(make_list(Value1)) by " + st.by("At"),
		"extend Value = (todouble(Numbers[(array_length(Numbers) - 1) / 2]) + todouble(Numbers[array_length(Numbers) / 2])) / 2",
		where(st.bounds("Value")),
		"project " + st.by("At", "Value")}
}

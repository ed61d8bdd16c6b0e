package kql

import (
	"fmt"
	"strings"

	"decree/compilers/logic"
	"decree/rules/ir"
)

// temporalOrdered writes, for each input, the latest start of a sequence that ends at one of its matches. A later start
// is never worse, and starts never decrease over time. A match takes its start from the last match of the previous
// input.
func (st *correlationPart) temporalOrdered(windows string) {
	before := ""
	for i := range st.c.Inputs {
		name := windows
		if i < len(st.c.Inputs)-1 {
			name = st.names.free(fmt.Sprintf("%s_%d", st.name, i+1))
		}
		own := fmt.Sprintf("%s | where Input == %d | distinct %s", st.inputs, i, st.groupColumns("At"))
		if i == 0 {
			st.let(name, st.inputs, "where Input == 0", "distinct "+st.groupColumns("At"), "extend Start = At")
			before = name
			continue
		}
		rows := st.names.free(fmt.Sprintf("%s_%d_rows", st.name, i+1))
		st.let(rows, "materialize(union\n    ("+before+" | extend Own = 0),\n    ("+own+" | extend Own = 1)",
			st.sortStage("At asc", "Own asc"),
			"extend Nth = "+st.cumulativeSum("1 - Own")+")")
		st.let(name, rows, "where Own == 1",
			"join kind=inner ("+rows+" | where Own == 0 | project "+st.groupColumns("Nth", "Began = Start")+") on "+st.groupColumns("Nth"),
			"project "+st.groupColumns("At", "Start = Began"),
			"where Start >= At - "+st.span)
		before = name
	}
}

// occurred writes a condition over inputs.
func occurred(n ir.Node, flag func(input int) logic.Pred) logic.Pred {
	return logic.Occurrences(n, flag, func(terms []logic.Pred, count int) logic.Pred {
		return logic.Atom("(" + countHolding(terms) + fmt.Sprintf(") >= %d", count))
	})
}

// countHolding is how many of some predicates hold.
func countHolding(terms []logic.Pred) string {
	var out []string
	for _, p := range terms {
		out = append(out, whereSyntax.Print(p).Call("toint"))
	}
	return strings.Join(out, " + ")
}

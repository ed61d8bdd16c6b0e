package kql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules"
	"decree/rules/ir"
)

// correlationPart is one correlation's part of a query.
type correlationPart struct {
	*correlationWriter
	c      *ir.Correlation
	name   string   // prefix of its statements
	inputs string   // the statement with all its inputs' matches
	keys   []string // columns of the group, in lower case
	values []string // columns of what the condition reads
	span   string
}

// correlation writes the statements of a correlation whose inputs are written.
func (w *correlationWriter) correlation(c *ir.Correlation) {
	name := c.Source.Body.Name
	if name == "" {
		name = c.Source.Body.Title
	}
	st := &correlationPart{correlationWriter: w, c: c, name: w.names.free(strings.ToLower(name)), span: timespan(c.Timespan)}
	for i := range c.GroupBy {
		st.keys = append(st.keys, fmt.Sprintf("Key%d", i+1))
	}
	for i := range c.Values {
		st.values = append(st.values, fmt.Sprintf("Value%d", i+1))
	}
	st.inputs = w.names.free(st.name + "_inputs")
	st.let(st.inputs, st.inputMatches()...)
	windows := w.names.free(st.name + "_windows")
	switch c.Source.Type {
	case rules.TemporalOrdered:
		st.temporalOrdered(windows)
	case rules.ValueMedian:
		st.let(windows, st.valueMedian()...)
	default:
		st.let(windows, st.sliding()...)
	}
	st.let(st.name, st.matches(windows)...)
	w.statements[c] = st.name
}

func (st *correlationPart) let(name string, stages ...string) {
	fmt.Fprintf(&st.lets, "let %s = %s;\n", name, strings.TrimSuffix(pipe(stages), "\n"))
}

// inputMatches are the matches of all inputs that are in a group.
func (st *correlationPart) inputMatches() []string {
	var parts []string
	for i, in := range st.c.Inputs {
		from := st.statements[in.Rule]
		if in.Correlation != nil {
			from = st.statements[in.Correlation]
		}
		columns := []string{"At", "Event", "Input = " + strconv.Itoa(i)}
		for k, g := range st.c.GroupBy {
			columns = append(columns, st.groupName(g.Name)+" = "+st.column(g, i), st.keys[k]+" = tolower("+st.column(g, i)+")")
		}
		for k, v := range st.c.Values {
			columns = append(columns, st.values[k]+" = "+st.value(v, i))
		}
		for _, f := range st.carried[st.c] {
			columns = append(columns, st.carriedName(f))
		}
		columns = append(columns, st.resultColumnsOf(in)...)
		if len(st.c.Inputs) == 1 {
			parts = []string{from, "project " + strings.Join(columns, ", ")}
		} else {
			parts = append(parts, from+" | project "+strings.Join(columns, ", "))
		}
	}
	stages := parts
	if len(st.c.Inputs) > 1 {
		stages = []string{"union\n    (" + strings.Join(parts, "),\n    (") + ")"}
	}
	if len(st.keys) > 0 {
		stages = append(stages, where(notEmpty(st.keys)))
	}
	return stages
}

// groupColumns lists columns behind those of the group.
func (st *correlationPart) groupColumns(more ...string) string {
	return strings.Join(append(append([]string{}, st.keys...), more...), ", ")
}

// sortStage sorts by the group and then by more, each with its direction.
func (st *correlationPart) sortStage(more ...string) string {
	var by []string
	for _, k := range st.keys {
		by = append(by, k+" asc")
	}
	return "sort by " + strings.Join(append(by, more...), ", ")
}

// cumulativeSum is the sum of an expression down the sorted rows of a group.
func (st *correlationPart) cumulativeSum(expr string) string {
	var restart logic.Any
	for _, k := range st.keys {
		restart = append(restart, logic.Atom(k+" != prev("+k+")"))
	}
	if len(restart) == 0 {
		return "row_cumsum(" + expr + ")"
	}
	return whereSyntax.Print(restart).CallLast("row_cumsum", expr)
}

// notEmpty tests that all texts are present.
func notEmpty(columns []string) logic.Pred {
	var all logic.All
	for _, c := range columns {
		all = append(all, logic.Atom("isnotempty("+c+")"))
	}
	return all
}

// withinBounds compares the Value of a window with every bound.
func (st *correlationPart) withinBounds() logic.Pred {
	var all logic.All
	for _, b := range st.c.Bounds {
		all = append(all, logic.Atom("Value "+comparisons[b.Op]+" "+compilers.Number(b.Value)))
	}
	return all
}

// valued tells whether a correlation's windows have a Value, which is the value that the condition compared.
func valued(c *ir.Correlation) bool {
	switch c.Source.Type {
	case rules.TemporalOrdered, rules.ValueMin, rules.ValueMax, rules.ValuePercentile:
		return false
	}
	return true
}

// matches are the events at the times of windows. An event that several inputs found counts once.
func (st *correlationPart) matches(windows string) []string {
	stages := []string{st.inputs}
	if st.c.Source.Type == rules.TemporalOrdered {
		stages = append(stages, fmt.Sprintf("where Input == %d", len(st.c.Inputs)-1))
	}
	stages = append(stages, "join kind=inner "+windows+" on "+st.groupColumns("At"))
	own := st.resultColumnsOf(ir.Input{Correlation: st.c})
	if len(st.c.Inputs) > 1 || st.c.Inputs[0].Correlation != nil {
		event := []string{"Event"} // it may be unique only within one host
		for _, name := range st.hosts {
			if slices.Contains(own, name) {
				event = append(event, name)
			}
		}
		stages = append(stages, "summarize arg_min(Input, *) by "+st.groupColumns(append(event, "At")...))
	}
	kept := []string{"At", "Event"}
	if valued(st.c) {
		kept = append(kept, "Value")
	}
	for _, g := range st.c.GroupBy {
		kept = append(kept, st.groupName(g.Name))
	}
	for _, f := range st.carried[st.c] {
		kept = append(kept, st.carriedName(f))
	}
	return append(stages, "project "+strings.Join(append(kept, own...), ", "))
}

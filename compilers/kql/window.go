package kql

import (
	"fmt"
	"strconv"
	"strings"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
)

// window is one correlation's part of a query.
type window struct {
	*correlationWriter
	c      *ir.Correlation
	name   string   // how its statements begin
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
	st := &window{correlationWriter: w, c: c, name: w.free(strings.ToLower(name)), span: timespan(c.Timespan)}
	for i := range c.GroupBy {
		st.keys = append(st.keys, fmt.Sprintf("Key%d", i+1))
	}
	for i := range c.Values {
		st.values = append(st.values, fmt.Sprintf("Value%d", i+1))
	}
	st.inputs = w.free(st.name + "_inputs")
	st.let(st.inputs, st.together()...)
	windows := w.free(st.name + "_windows")
	if c.Source.Type == rules.TemporalOrdered {
		st.ordered(windows)
	} else {
		st.let(windows, st.windows()...)
	}
	st.let(st.name, st.matches(windows)...)
	w.names[c] = st.name
}

// free makes a name for a statement.
func (w *correlationWriter) free(wanted string) string {
	name := unsafeInName.ReplaceAllString(wanted, "_")
	if name == "" || (name[0] >= '0' && name[0] <= '9') {
		name = "_" + name
	}
	for w.taken[name] || words[strings.ToLower(name)] {
		name += "_"
	}
	w.taken[name] = true
	return name
}

func (st *window) let(name string, stages ...string) {
	fmt.Fprintf(&st.lets, "let %s = %s;\n", name, strings.TrimSuffix(pipe(stages), "\n"))
}

// together are the matches of all inputs that are in a group.
func (st *window) together() []string {
	var parts []string
	for i, in := range st.c.Inputs {
		from := st.names[in.Rule]
		if in.Correlation != nil {
			from = st.names[in.Correlation]
		}
		columns := []string{"At", "Event", "Input = " + strconv.Itoa(i)}
		for k, g := range st.c.GroupBy {
			columns = append(columns, st.groupName(g.Name)+" = "+st.column(g, i), st.keys[k]+" = tolower("+st.column(g, i)+")")
		}
		for k, v := range st.c.Values {
			columns = append(columns, st.values[k]+" = "+st.value(v, i))
		}
		for _, f := range st.carried[st.c] {
			columns = append(columns, st.carriedName(f)+" = "+st.carriedName(f))
		}
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
	var present []string
	for _, k := range st.keys {
		present = append(present, "isnotempty("+k+")")
	}
	if len(present) > 0 {
		stages = append(stages, "where "+strings.Join(present, " and "))
	}
	return stages
}

// column names a field in the matches of an input.
func (st *window) column(c ir.Column, input int) string {
	if in := st.c.Inputs[input].Correlation; in != nil {
		if name := st.c.Source.FieldOf(c.Name, input); st.grouped(in, name) {
			return st.groupName(name)
		}
	}
	return st.carriedName(c.Fields[input])
}

// value is what the condition reads of a match: a text in lower case, or a number.
func (st *window) value(c ir.Column, input int) string {
	if st.c.Source.Type == rules.ValueCount {
		return "tolower(" + st.column(c, input) + ")"
	}
	return "todouble(" + st.column(c, input) + ")"
}

// by lists columns behind those of the group.
func (st *window) by(more ...string) string {
	return strings.Join(append(append([]string{}, st.keys...), more...), ", ")
}

// reachBack joins the times of matches with what lies a timespan back in their group. earlier are its stages, and kept the columns it brings.
func (st *window) reachBack(times, earlier []string, kept ...string) []string {
	stages := append(times, "extend Bin = bin(At, "+st.span+")")
	inner := append(earlier, "mv-expand Later = dynamic([0, 1]) to typeof(long)",
		"project "+st.by(append([]string{"Bin = bin(At, " + st.span + ") + Later * " + st.span, "EarlierAt = At"}, kept...)...))
	return append(stages, "join kind=inner (\n"+strings.TrimSuffix(indent(indent(pipe(inner))), "\n")+"\n  ) on "+st.by("Bin"),
		"where EarlierAt between ((At - "+st.span+") .. At)")
}

// windows are the times of matches at which the condition holds.
func (st *window) windows() []string {
	var kept []string
	switch {
	case st.c.Source.Type.IsTemporal():
		kept = []string{"EarlierInput = Input"}
	default:
		kept = st.values
	}
	stages := st.reachBack([]string{st.inputs, "distinct " + st.by("At")}, []string{st.inputs}, kept...)
	at := st.by("At")
	condition := st.bounds("Value")
	switch kind := st.c.Source.Type; kind {
	case rules.EventCount:
		stages = append(stages, "summarize Value = count(), First = min(EarlierAt) by "+at)
	case rules.ValueCount:
		// a window whose matches all lack the values has none of them, which a bound may allow
		var has []string
		for _, v := range st.values {
			has = append(has, "isnotempty("+v+")")
		}
		stages = append(stages, "extend Has = iff("+strings.Join(has, " and ")+", 1, 0)",
			"summarize First = min(EarlierAt), Has = max(Has) by "+at+", "+strings.Join(st.blanked(), ", "),
			"summarize Value = sum(Has), First = min(First) by "+at)
	case rules.Temporal:
		if st.c.Condition != nil {
			var counts []string
			for i := range st.c.Inputs {
				counts = append(counts, fmt.Sprintf("Occurred%d = countif(EarlierInput == %d)", i+1, i))
			}
			stages = append(stages, "summarize "+strings.Join(counts, ", ")+", Value = count(), First = min(EarlierAt) by "+at)
			condition = syntax.Print(occurred(st.c.Condition))
		} else {
			stages = append(stages, "summarize First = min(EarlierAt) by "+at+", EarlierInput", "summarize Value = count(), First = min(First) by "+at)
		}
	default:
		stages = append(stages, "where isnotnull(Value1)")
		stages = append(stages, st.computed(kind, at)...)
	}
	return append(stages, "where "+condition)
}

// occurred says a condition over inputs.
func occurred(n ir.Node) compilers.Pred {
	return compilers.Occurrences(n, func(input int) compilers.Pred { return compilers.Atom(fmt.Sprintf("Occurred%d > 0", input+1)) },
		func(terms []compilers.Pred, count int) compilers.Pred {
			var held []string
			for _, p := range terms {
				held = append(held, "toint("+syntax.Print(p)+")")
			}
			return compilers.Atom("(" + strings.Join(held, " + ") + fmt.Sprintf(") >= %d", count))
		})
}

// blanked are the values as groups: those that lack one are one group.
func (st *window) blanked() []string {
	var out []string
	for _, v := range st.values {
		out = append(out, v+` = iff(Has == 1, `+v+`, "")`)
	}
	return out
}

// computed is the one number over the values of a window. Percentiles of Kusto are estimates; those of a sorted list are not.
func (st *window) computed(kind rules.CorrelationType, at string) []string {
	if aggregate := map[rules.CorrelationType]string{rules.ValueSum: "sum", rules.ValueAvg: "avg", rules.ValueMin: "min", rules.ValueMax: "max"}[kind]; aggregate != "" {
		return []string{"summarize Value = " + aggregate + "(Value1), First = min(EarlierAt) by " + at}
	}
	stages := []string{"summarize Numbers = array_sort_asc(make_list(Value1)), First = min(EarlierAt) by " + at}
	if kind == rules.ValueMedian {
		return append(stages, "extend Value = (todouble(Numbers[(array_length(Numbers) - 1) / 2]) + todouble(Numbers[array_length(Numbers) / 2])) / 2")
	}
	rank := fmt.Sprintf("toint(ceiling(array_length(Numbers) * %s / 100.0)) - 1", number64(st.c.Source.Percentile))
	return append(stages, "extend Value = todouble(Numbers["+rank+"])")
}

func number64(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func (st *window) bounds(name string) string {
	ops := map[string]string{"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "==", "neq": "!="}
	var out []string
	for _, b := range st.c.Bounds {
		out = append(out, name+" "+ops[b.Op]+" "+number64(b.Value))
	}
	return strings.Join(out, " and ")
}

// ordered writes, for each input, the latest time at which a sequence that leads up to its matches began: a later begin is never worse.
func (st *window) ordered(windows string) {
	before := ""
	for i := range st.c.Inputs {
		name := windows
		if i < len(st.c.Inputs)-1 {
			name = st.free(fmt.Sprintf("%s_%d", st.name, i+1))
		}
		own := []string{st.inputs, fmt.Sprintf("where Input == %d", i), "distinct " + st.by("At")}
		if i == 0 {
			st.let(name, append(own, "extend Start = At")...)
			before = name
			continue
		}
		stages := st.reachBack(own, []string{before}, "Start")
		stages = append(stages, "summarize Start = max(Start) by "+st.by("At"), "where Start >= At - "+st.span)
		st.let(name, stages...)
		before = name
	}
}

// matches are the events at the times of windows. An event that several inputs found is one.
func (st *window) matches(windows string) []string {
	join := "join kind=inner " + windows + " on " + st.by("At")
	stages := []string{st.inputs}
	if st.c.Source.Type == rules.TemporalOrdered {
		stages = append(stages, fmt.Sprintf("where Input == %d", len(st.c.Inputs)-1), join, "extend First = Start")
	} else {
		stages = append(stages, join)
	}
	if len(st.c.Inputs) > 1 || st.c.Inputs[0].Correlation != nil {
		stages = append(stages, "summarize arg_min(Input, *) by Event, "+st.by("At"))
	}
	kept := []string{"At", "Event", "First"}
	if st.c.Source.Type != rules.TemporalOrdered {
		kept = append(kept, "Value")
	}
	for _, g := range st.c.GroupBy {
		kept = append(kept, st.groupName(g.Name))
	}
	for _, f := range st.carried[st.c] {
		kept = append(kept, st.carriedName(f))
	}
	return append(stages, "project "+strings.Join(kept, ", "))
}

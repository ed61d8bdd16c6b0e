package kql

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/rules/ir"
)

// carry makes the matches below an input keep a field. A field that an inner correlation groups by is a column of its
// matches.
func (w *correlationWriter) carry(c *ir.Correlation, input int, name string, f ir.Field) {
	in := c.Inputs[input]
	if in.Correlation == nil || !w.grouped(in.Correlation, c.Source.FieldOf(name, input)) {
		w.carryBelow(in, f)
	}
}

func (w *correlationWriter) carryBelow(in ir.Input, f ir.Field) {
	var of any = in.Rule
	if in.Correlation != nil {
		of = in.Correlation
	}
	if slices.Contains(w.carried[of], f) {
		return
	}
	w.carried[of] = append(w.carried[of], f)
	if in.Correlation != nil {
		for _, below := range in.Correlation.Inputs {
			w.carryBelow(below, f)
		}
	}
}

func (w *correlationWriter) grouped(c *ir.Correlation, name string) bool {
	return slices.ContainsFunc(c.GroupBy, func(column ir.Column) bool { return column.Name == name })
}

// carriedName is the column of a field in the matches of a rule.
func (w *correlationWriter) carriedName(f ir.Field) string {
	name := f.Name
	if f.Level > 0 {
		name = fmt.Sprintf("Ancestor%d_%s", f.Level, f.Name)
	}
	return w.named(f, "Of_"+name)
}

// groupName is the column of a value that a correlation is grouped by, in its matches.
func (w *correlationWriter) groupName(name string) string { return w.named(name, "By_"+name) }

// named gives a unique name to a column that the query adds.
func (w *correlationWriter) named(key any, wanted string) string {
	if w.columns[key] == "" {
		w.columns[key] = w.names.free(wanted)
	}
	return w.columns[key]
}

// plan prepares a rule's part of the query, with one part for each table that is searched. It is nil if there is none.
func (w *correlationWriter) plan(r *ir.Rule) []*writer {
	read := append(w.top.Reads(r), ir.Field{Name: "host"}, ir.Field{Name: "user"}) // also for the columns of the result
	for _, name := range slices.Concat(w.top.Source.Body.Fields, r.Source.Fields, w.alertFields()) {
		read = append(read, ir.FieldNamed(name))
	}
	tables, found := tablesOf(r, w.top.Source.Body.Schedule.Lookback, read, w.opt, w.names)
	w.found = append(w.found, found...)
	w.time = w.opt.Model.Time[0]
	for _, one := range tables {
		one.further = w.top.Reach() + w.opt.Delay
		one.since = w.span + " + " + timespan(one.further)
	}
	return tables
}

// rule writes the statement with the matches of a rule: their time, id and the needed fields.
func (w *correlationWriter) rule(r *ir.Rule, tables []*writer) {
	name := w.names.free(strings.ToLower(cmp.Or(r.Source.Name, r.Source.Title)))
	w.statements[r] = name
	parts := make([]string, len(tables))
	for i, one := range tables {
		parts[i] = w.matchesOf(one, tables, r)
	}
	fmt.Fprintf(&w.lets, "let %s = %s;\n", name, unionOf(parts))
}

// matchesOf reads a rule's matches from one of its tables.
func (w *correlationWriter) matchesOf(one *writer, tables []*writer, r *ir.Rule) string {
	lets, text := one.parts()
	w.indexed = w.indexed && one.indexed
	w.found = append(w.found, one.found...)
	w.assets = compilers.AddAssets(w.assets, one.assets...)
	w.searched = append(w.searched, &compilers.Branch{Plan: one.plan, Sources: one.sources})
	w.reach = max(w.reach, one.further+one.reach())
	kept := []string{"At = " + columnName(w.time), "Event = " + w.identity(one.plan)}
	for _, f := range w.carried[r] {
		kept = append(kept, w.carriedName(f)+" = "+w.text(one, tables, f, r))
	}
	kept = append(kept, w.eventColumns(one)...)
	w.note(compilers.NotesOfInput(w.top, one.plan.Notes)...) // also of what was read here
	w.lets.WriteString(lets)
	return text + "| project " + strings.Join(kept, ", ")
}

package kql

import (
	"slices"
	"strings"

	"decree/rules/ir"
	"decree/rules/schema"
)

// noteList notes what a test says of a value that may be a list or an object. The query then compares its JSON.
func (w *writer) noteList(m *ir.Match, f ir.Field) {
	if f.Extract != nil || !asksValue(m.Test) {
		return
	}
	col, _ := w.columnOf(f, m.Test)
	what := w.mayBeList(col, w.plan.Source.Maps(f))
	if what == "" {
		return
	}
	of := what + " may hold a list or an object: the query compares its JSON, "
	misses, finds := inJSON(m.Test)
	if misses {
		w.plan.NoteOf(m, "property-list", "false-negatives", of+"and finds no element of a list by its whole value")
	}
	if finds {
		w.plan.NoteOf(m, "property-list", "false-positives", of+"also the names and punctuation in it")
	}
}

// mayBeList says what a column is if the query reads a list or an object in it as JSON, and the rule does not: a column
// of type dynamic, or a property in one that the model does not list.
func (w *writer) mayBeList(col schema.Column, listed bool) string {
	container, _ := w.plan.Source.Inside(col.Name)
	named := w.plan.Source.Unlisted // Windows' named values, which are texts
	switch {
	case container == "" && w.plan.Source.Columns[col.Name] == "dynamic":
		return "a column of type dynamic"
	case container == "" || listed || named != "" && strings.HasPrefix(col.Name, named):
		return ""
	}
	return "a property that the data model does not list"
}

// asksValue tells whether a test reads the letters of a value, and not only whether there is one.
func asksValue(t ir.Test) bool {
	switch t := t.(type) {
	case *ir.Null, *ir.Exists, *ir.Elements:
		return false
	case *ir.Text:
		return slices.ContainsFunc(t.Values, func(v string) bool { return v != "" })
	}
	return true
}

// inJSON tells whether a test that holds of an element may not hold of the JSON that it is in, and whether it may hold
// of JSON in which no element passes.
func inJSON(t ir.Test) (misses, finds bool) {
	text, ok := t.(*ir.Text)
	if !ok {
		_, glob := t.(*ir.Glob)
		_, regex := t.(*ir.Regex)
		ref, isRef := t.(*ir.FieldRef)
		return true, glob || regex || isRef && ref.Op == ir.Contains
	}
	if text.Op != ir.Contains && text.Op != ir.Word {
		return true, false
	}
	return slices.ContainsFunc(text.Values, func(v string) bool { return strings.ContainsAny(v, "\"\\\n\r\t") }), true
}

package kql

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// identity is a text that distinguishes the events of a table, as far as its columns do.
func (w *correlationWriter) identity(plan *compilers.Plan) string {
	for _, id := range plan.Model.ID {
		if kind, ok := plan.Source.Columns[id]; ok {
			if kind == "string" {
				return columnName(id)
			}
			return "tostring(" + columnName(id) + ")"
		}
	}
	if len(w.top.Chain()) > 1 || len(w.top.Inputs) > 1 {
		w.note(compilers.Note{Code: "event-identity", Effect: "false-negatives", Range: w.top.Source.TypeRange,
			Message: plan.Source.Table + " has no column that tells its events apart: matches of several inputs, or of a correlation, at one time in one group are one"})
	}
	return `""`
}

// text reads a field of a rule's event as text. It is empty if the field is missing, also for an entity in a table
// without such a column. At least one table of the rule must have the field.
func (w *correlationWriter) text(one *writer, tables []*writer, f ir.Field, r *ir.Rule) string {
	if text, ok := one.wholeText(f); ok {
		w.found = append(w.found, one.plan.CheckRead("kql", lacks, f, w.top.PlaceOf(r, f))...)
		one.noteWhole(compilers.UncountedIn(w.top), f)
		return text
	}
	if slices.ContainsFunc(tables, func(other *writer) bool { _, has := other.plan.Source.Entities[f.Name]; return has }) {
		return `""`
	}
	w.found = append(w.found, one.unread(f, r.Source.Title, "correlation-field", "group by or count another field, or choose another --model", w.top.PlaceOf(r, f))...)
	return `""`
}

// wholeText is the expression of a field's whole value as text, behind its domain or its path. It is empty if the event
// has no value; ok is false if it can have none.
func (w *writer) wholeText(f ir.Field) (text string, ok bool) {
	columns, before := w.plan.Whole(f)
	if len(columns) == 0 {
		return "", false
	}
	return w.wholeOf(f, columns, before), true
}

// wholeOf writes a field's value as text: that of the first column with one, after its domain or the rest of its path,
// which may be nil. Of a path the rest may be all there is.
func (w *writer) wholeOf(f ir.Field, columns []schema.Column, front *schema.Column) string {
	texts := make([]string, len(columns))
	for i, col := range columns {
		texts[i] = w.firstOf(f, col)
	}
	text := texts[0]
	if len(texts) > 1 {
		text = "coalesce(" + strings.Join(texts, ", ") + ")"
	}
	if front == nil {
		return text
	}
	before := part(w.read(*front, nil), *front, nil).asText()
	both := fmt.Sprintf(`strcat(%s, "\\", %s)`, before, text)
	if columns[0].Under != "" {
		return fmt.Sprintf("case(isempty(%s), %s, isempty(%s), %s, %s)", text, before, before, text, both)
	}
	lacking := logic.Any{logic.Atom("isempty(" + before + ")"), logic.Atom("isempty(" + text + ")")}
	return whereSyntax.Print(lacking).Call("iff", text, both)
}

// firstOf writes a column's value as text: of a list, that of its first element. An object has no text.
func (w *writer) firstOf(f ir.Field, col schema.Column) string {
	if !w.comparesList(f, col) {
		return part(w.read(col, nil), col, nil).asText()
	}
	return fmt.Sprintf(`case(gettype(%[1]s) == "dictionary" or gettype(%[1]s[0]) == "dictionary", "", gettype(%[1]s) == "array", tostring(%[1]s[0]), tostring(%[1]s))`, w.arrayOf(col))
}

// column names a field in the matches of an input.
func (st *correlationPart) column(c ir.Column, input int) string {
	if in := st.c.Inputs[input].Correlation; in != nil {
		if name := st.c.Source.FieldOf(c.Name, input); st.grouped(in, name) {
			return st.groupName(name)
		}
	}
	return st.carriedName(c.Fields[input])
}

// value is the value of a match that the condition uses: a text in lower case, or a number.
func (st *correlationPart) value(c ir.Column, input int) string {
	if st.c.Source.Type == rules.ValueCount {
		return "tolower(" + st.column(c, input) + ")"
	}
	return "todouble(" + st.column(c, input) + ")"
}

package kql

import (
	"slices"
	"strings"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// What a query says otherwise where a value that may be a list or an object is read as JSON.
const (
	notElement = "a column of type dynamic, or a property that the data model does not list, may hold a list or an object: the query reads its JSON, and finds no element of a list by its whole value"
	belowList  = "the column, or what stands between it and the property, may be a list: the query finds nothing below one, and the rule reads each element"
	firstOf    = "of a list the query reads the first element alone, and the rule each that has the property"
	alsoInJSON = "a column of type dynamic, or a property that the data model does not list, may hold a list or an object: the query reads its JSON, also the names and punctuation in it"
)

// withoutText says what is otherwise where it is asked whether such a value is there.
const withoutText = "a column of type dynamic, or a property that the data model does not list, may hold a list or an object: for the query it is then there, and the rule finds no value in an object, or in a list without texts and numbers"

// notFirst says what is otherwise where such a value is compared or counted.
const notFirst = "a column of type dynamic, or a property that the data model does not list, may hold a list or an object: the query compares the first element of a list, and nothing of an object; the rule compares the first text or number of a list, also behind nulls and objects and in lists in it"

// noteList notes what a test says of a value that may be a list or an object. The query then compares its JSON.
func (w *writer) noteList(m *ir.Match, f ir.Field) {
	_, elements := m.Test.(*ir.Elements)
	if f.Extract != nil || elements {
		return
	}
	col, _ := w.columnOf(f, m.Test)
	if !w.mayBeList(col, f) {
		return
	}
	missed, found := false, false
	if asksValue(m.Test) {
		missed, found = inJSON(m.Test)
	}
	if w.plan.Source.BelowArray(col.Name) { // it is compared with another field, and only the first element's is read
		missed, found = false, found && !w.plan.Source.OneBelowArray(col.Name)
	}
	switch {
	case missed:
		w.plan.NoteOf(m, "property-list", "false-negatives", notElement)
	case w.isNested(col) && ir.WhenMissing(m.Test):
		w.plan.NoteOf(m, "property-list", "false-positives", w.whatIsMissed(col))
	case w.isNested(col):
		w.plan.NoteOf(m, "property-list", "false-negatives", w.whatIsMissed(col))
	}
	if effect := ofPresence(m.Test); effect != "" {
		w.plan.NoteOf(m, "property-list", effect, withoutText)
	}
	if found && f == m.Field { // and is not looked for in another
		w.plan.NoteOf(m, "property-list", "false-positives", alsoInJSON)
	}
}

// noteListOf notes what the query makes of a value that may be a list or an object: an extract of its JSON, and the
// rule one of each element. What reads the extract may stand below `not` or not.
func (w *writer) noteListOf(made *schema.Made) {
	for i, col := range made.From {
		switch {
		case w.plan.Source.BelowArray(col.Name):
			w.plan.Note("property-list", "false-negatives", made.Extract.Spec.Range, firstOf)
			w.plan.Note("property-list", "false-positives", made.Extract.Spec.Range, firstOf)
		case w.mayBeList(col, made.Extract.From[i]):
			w.plan.Note("property-list", "false-negatives", made.Extract.Spec.Range, notElement)
			w.plan.Note("property-list", "false-positives", made.Extract.Spec.Range, alsoInJSON)
		}
	}
}

// mayBeList tells whether the query reads a list or an object in a column as JSON, and the rule does not: in one of
// type dynamic, or in a property that the model does not list.
func (w *writer) mayBeList(col schema.Column, f ir.Field) bool {
	container, _ := w.plan.Source.Inside(col.Name)
	if container == "" {
		return w.plan.Source.Columns[col.Name] == "dynamic"
	}
	named := w.plan.Source.Unlisted // Windows' named values, which are texts
	return !w.plan.Source.Maps(f) && (named == "" || !strings.HasPrefix(col.Name, named))
}

// isNested tells whether a property is below what may be a list: another property, or a column that the model does not
// say to be an object.
func (w *writer) isNested(col schema.Column) bool {
	container, path := w.plan.Source.Inside(col.Name)
	return len(path) > 1 || container != "" && !w.plan.Source.HoldsObject(container)
}

// whatIsMissed says what the query does not read of a property below what may be a list.
func (w *writer) whatIsMissed(col schema.Column) string {
	if w.plan.Source.BelowArray(col.Name) {
		return firstOf
	}
	return belowList
}

// comparesList tells whether a value that is compared or counted may be a list or an object in a column. Of a list the
// first element counts.
func (w *writer) comparesList(f ir.Field, col schema.Column) bool {
	return col.Made == nil && !col.Second() && col.Within() == "" && col.Type != schema.HashSet && !w.plan.Source.OneBelowArray(col.Name) && w.mayBeList(col, f)
}

// noteCompared notes that some values of a field are not compared or counted, where these may be lists. effects are
// what that does.
func (w *writer) noteCompared(effects []string, f ir.Field, columns []schema.Column) {
	for _, col := range columns {
		if !w.comparesList(f, col) && !w.plan.Source.BelowArray(col.Name) {
			continue
		}
		message := notFirst
		if w.isNested(col) {
			message = w.whatIsMissed(col)
		}
		for _, effect := range effects {
			w.plan.Notes = compilers.AddNotes(w.plan.Notes, compilers.Note{Code: "property-list", Effect: effect, Message: message, Range: w.plan.Rule.Source.LogSource.Range})
		}
	}
}

// noteWhole notes it of all columns that a field is read from.
func (w *writer) noteWhole(effects []string, f ir.Field) {
	columns, _ := w.plan.Whole(f)
	w.noteCompared(effects, f, columns)
}

// uncountedBy says what it does where a condition counts them.
func (w *writer) uncountedBy(n ir.Node, bounds []rules.Bound) (effects []string) {
	for _, effect := range compilers.Uncounted(bounds) {
		for _, e := range w.plan.Effects(effect, n) {
			if !slices.Contains(effects, e) {
				effects = append(effects, e)
			}
		}
	}
	return effects
}

// asksValue tells whether a test reads the letters of a value, and not only whether there is one.
func asksValue(t ir.Test) bool {
	switch t := t.(type) {
	case *ir.Null, *ir.Exists:
		return false
	case *ir.Text:
		return slices.ContainsFunc(t.Values, func(v string) bool { return v != "" })
	}
	return true
}

// ofPresence is what it does to a test whether a value is there, or not, that the query finds one in an object.
func ofPresence(t ir.Test) string {
	switch exists, ok := t.(*ir.Exists); {
	case ir.WhenMissing(t):
		return "false-negatives"
	case ok && exists.Value:
		return "false-positives"
	}
	return ""
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

package kql

import (
	"cmp"
	"slices"
	"strings"

	"decree/compilers"
	"decree/rules/ir"
	"decree/rules/schema"
)

// shownColumn is a column that the query adds so that a package can show a field. It is empty in a table without the
// field.
type shownColumn struct{ name, expr string }

// show adds columns for fields that are only a part of a column, or that the branches have in different columns, to
// each of the branches. It gives the result's column of each field. A field that no branch has gets none.
func show(branches []*writer, asks compilers.Show) map[string]string {
	columns, had := map[string]string{}, map[string]string{} // what is added -> its column
	for _, field := range asks.Names() {
		if !slices.Contains(asks.Asked, field) && !slices.ContainsFunc(branches, func(w *writer) bool { return w.knows(field) }) {
			continue
		}
		exprs, plain, needed := valuesShown(branches, field)
		if !needed {
			continue
		}
		value := strings.Join(exprs, "\n")
		if name, same := had[value]; same {
			columns[field] = name // another field with the same value
			continue
		}
		name := plain
		if name == "" || slices.ContainsFunc(branches, func(w *writer) bool { return w.hasOther(name, field) || w.shows(name) }) {
			name = branches[0].shownName(field)
		}
		for i, w := range branches {
			if exprs[i] != columnName(name) { // else it is the table's own
				w.shown = append(w.shown, shownColumn{columnName(name), cmp.Or(exprs[i], `""`)})
			}
		}
		columns[field], had[value] = name, name
	}
	return columns
}

// knows tells whether the source lists a field, or the rule makes it.
func (w *writer) knows(field string) bool {
	return w.plan.Source.Lists(field) || w.plan.Rule.Source.ExtractNamed(field) != nil
}

// valuesShown gives the expression of a field's value in each branch, "" where the branch has none, and the first
// column that is the value itself. No column is needed if all branches have the value in that one, or none has it.
func valuesShown(branches []*writer, field string) (exprs []string, plain string, needed bool) {
	common, known := true, false
	for _, w := range branches {
		column, expr := w.shownValue(field)
		exprs = append(exprs, expr)
		known = known || expr != ""
		plain = cmp.Or(plain, column)
		common = common && column != "" && column == plain
	}
	return exprs, plain, known && !common
}

// shownValue is the expression of a field's value as text, and its column if the value is one. Both are empty if the
// event does not have the field.
func (w *writer) shownValue(field string) (column, expr string) {
	f := w.plan.Rule.Own(ir.FieldNamed(field))
	columns, before := w.plan.Whole(f)
	_, entity := w.plan.Source.Entities[field]
	if len(columns) == 0 || !entity && !w.plan.Source.Has(w.plan.Model, f) {
		return "", ""
	}
	if columns[0].Under != "" {
		return "", w.wholeOf(f, columns, before)
	}
	if name, ok := compilers.PlainColumn(w.plan.Source, columns[0]); ok && len(columns) == 1 {
		return name, w.typed(name, columns[0].Type).asText()
	}
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = part(w.read(c, nil), c, nil).asText()
	}
	if len(texts) == 1 {
		return "", texts[0]
	}
	return "", "coalesce(" + strings.Join(texts, ", ") + ")"
}

// shownName names a column for a field: as the product names the value, if no table has such a column.
func (w *writer) shownName(field string) string {
	columns, _ := w.plan.Whole(w.plan.Rule.Own(ir.FieldNamed(field)))
	name := field
	if len(columns) > 0 && columns[0].Type != schema.Pattern && columns[0].Under == "" { // of which a column has one part of several
		_, name = w.fieldValue(field, columns[0])
	}
	if _, has := w.plan.Source.Columns[name]; !has && !w.shows(name) && w.mayExtend(name) {
		return name
	}
	return w.names.free(name)
}

// shows tells whether a column of that name is added already.
func (w *writer) shows(name string) bool {
	return slices.ContainsFunc(w.shown, func(s shownColumn) bool { return s.name == columnName(name) })
}

// hasOther tells whether the table has a column of that name which is not the field's.
func (w *writer) hasOther(name, field string) bool {
	_, has := w.plan.Source.Columns[name]
	own, _ := w.shownValue(field)
	return has && own != name
}

// shownStage adds the columns, if there are any.
func (w *writer) shownStage() string {
	if len(w.shown) == 0 {
		return ""
	}
	parts := make([]string, len(w.shown))
	for i, s := range w.shown {
		parts[i] = s.name + " = " + s.expr
	}
	return "| extend " + strings.Join(parts, ", ") + "\n"
}

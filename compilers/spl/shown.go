package spl

import (
	"maps"
	"slices"
	"strings"

	"decree/compilers"
	"decree/rules/ir"
)

// show makes columns of values that some events have in one column and others in another, so that a package can name
// them: alerts are suppressed by the name of a column, and show it. It gives the stages that make them, each of which
// begins with a pipe, and the column of each field. The rows of a dataset have each value in one column.
func (w *writer) show(asks compilers.Show) (stages string, columns map[string]string) {
	columns = map[string]string{}
	had := map[string]string{} // value -> its column
	for _, field := range asks.Names() {
		of, _ := w.plan.Whole(w.plan.Rule.Own(ir.FieldNamed(field)))
		if w.dataset != nil || len(of) != 1 || of[0].Made != nil || !of[0].Second() {
			continue
		}
		value := w.column(w.plan.Rule.Source.Range, of[0])
		if had[value] == "" {
			had[value] = shownName(field, slices.Collect(maps.Values(columns)))
			stages += "| eval " + had[value] + "=" + value + "\n"
		}
		columns[field] = had[value]
	}
	return stages, columns
}

// shownName is the column of a field. No product and no add-on has one of that name, and it stays in the result.
func shownName(field string, taken []string) string {
	name := strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, field)
	name = "Decree" + strings.ToUpper(name[:1]) + name[1:]
	for slices.Contains(taken, name) {
		name += "_"
	}
	return name
}

package kql

import (
	"slices"
	"strings"

	"decree/rules/ir"
	"decree/rules/schema"
)

// extendedColumn is a value inside a longer text, as one of an event's XML. A stage reads it into a column, which several tests ask.
type extendedColumn struct {
	column string // as the query writes it
	expr   string // how the longer text tells it
	used   bool   // by a test that is written
	added  bool   // a stage has added the column
}

func (r *extendedColumn) stage() string { return "extend " + r.column + " = " + r.expr }

// findExtended finds the values inside longer texts that make the query shorter as columns. Where the query joins or counts events, or looks for keywords
// in every column, each test reads its value by itself.
func (w *writer) findExtended(conditions []ir.Node) {
	if len(w.prevalences) > 0 || len(w.creations) > 0 || len(w.plan.Source.Columns) == 0 {
		return
	}
	type candidate struct {
		name, expr string
		saved      int // characters, in all tests
	}
	var found []*candidate
	keywords := false
	for _, c := range conditions {
		ir.Inspect(c, func(n ir.Node) bool {
			switch n := n.(type) {
			case *ir.Keyword:
				keywords = true
			case *ir.Match:
				for _, a := range fieldsRead(n) {
					col, _ := w.columnOf(a.field, a.test)
					name, expr := w.innerValue(col, a.field)
					if name == "" {
						continue
					}
					at := slices.IndexFunc(found, func(f *candidate) bool { return f.expr == expr })
					if at < 0 {
						at = len(found)
						found = append(found, &candidate{name: name, expr: expr})
					}
					found[at].saved += timesRead(a.test) * (len(part(w.read(col), col, a.test).name) - len(name))
				}
			}
			return true
		})
	}
	if keywords {
		return
	}
	for _, f := range found {
		r := &extendedColumn{column: columnName(f.name), expr: f.expr}
		if f.saved > len(pipe([]string{"", r.stage()})) && w.mayExtend(f.name) {
			w.extended = append(w.extended, r)
		}
	}
}

// innerValue tells how a value inside a longer text is read, and its name; "" where the column itself is the value.
func (w *writer) innerValue(c schema.Column, f ir.Field) (name, expr string) {
	switch {
	case c.Type == schema.XML, c.Type == schema.HashSet:
		name = c.Key
	case c.Within() != "" && f.Level == 0:
		name = f.Name
	default:
		return "", ""
	}
	return name, part(w.read(c), c, nil).name
}

// timesRead counts how often a test names its value in the query.
func timesRead(t ir.Test) int {
	if text, ok := t.(*ir.Text); ok && text.Op != ir.Equals && text.Op != ir.Filename {
		return len(text.Values)
	}
	return 1
}

// mayExtend tells whether a column of a name can be added: the table has none, no statement or function has the name, and where another table of the model
// has it, it is a text there, too. A union would else rename that column.
func (w *writer) mayExtend(name string) bool {
	lower := strings.ToLower(name)
	if !plainName.MatchString(name) || reservedWords[lower] || statementWords[lower] || madeName.MatchString(name) || slices.Contains(functions, lower) ||
		slices.ContainsFunc(w.extended, func(r *extendedColumn) bool { return strings.EqualFold(r.column, name) }) {
		return false
	}
	elsewhere := false
	for i := range w.plan.Model.Sources {
		s := &w.plan.Model.Sources[i]
		if strings.EqualFold(s.Table, name) {
			return false
		}
		for c, kind := range s.Columns {
			if !strings.EqualFold(c, name) {
				continue
			}
			if s.Table == w.plan.Source.Table || kind != "string" || c != name {
				return false
			}
			elsewhere = true
		}
	}
	return elsewhere || !w.names[lower]
}

// extendedName gives the column that a value inside a longer text is read into; "" where each test reads it.
func (w *writer) extendedName(c schema.Column, f ir.Field) string {
	if len(w.extended) == 0 {
		return ""
	}
	_, expr := w.innerValue(c, f)
	for _, r := range w.extended {
		if r.expr == expr {
			r.used = true
			return r.column
		}
	}
	return ""
}

// extendStages are the stages that read the values which written tests ask, and no stage before.
func (w *writer) extendStages() []string {
	var stages []string
	for _, r := range w.extended {
		if r.used && !r.added {
			r.added = true
			stages = append(stages, r.stage())
		}
	}
	return stages
}

package kql

import (
	"slices"
	"strings"

	"decree/rules/ir"
	"decree/rules/schema"
)

// extendedColumn is a value inside a longer text, such as an event's XML. A stage extracts it into a column that
// several tests use: a new one, or the table's own where that is empty.
type extendedColumn struct {
	column string            // as the query writes it
	expr   string            // expression that extracts it
	used   bool              // a written test uses it
	needs  []*extendedColumn // that it is made of
	added  bool              // a stage has added the column
}

func (r *extendedColumn) stage() string { return "extend " + r.column + " = " + r.expr }

// innerCandidate is a value inside a longer text that a column could hold.
type innerCandidate struct {
	name, expr string
	fills      bool // it fills the table's own column where that is empty
	saved      int  // characters that the column saves, over all tests
}

// findExtended finds the values inside longer texts that make the query shorter as columns. If the query joins or
// counts events, or searches every column for keywords, each test extracts its value itself.
func (w *writer) findExtended(conditions []ir.Node) {
	if len(w.prevalences) > 0 || len(w.creations) > 0 || len(w.joined) > 0 || len(w.plan.Source.Columns) == 0 {
		return
	}
	if slices.ContainsFunc(conditions, asksKeyword) {
		return
	}
	found, made := w.innerCandidates(conditions)
	for _, c := range made {
		w.extendMade(c)
	}
	for _, r := range w.extended {
		r.used = false
	}
	for _, f := range found {
		r := &extendedColumn{column: columnName(f.name), expr: f.expr}
		if f.saved > len(pipe([]string{"", r.stage()})) && (f.fills || w.mayExtend(f.name)) {
			w.extended = append(w.extended, r)
		}
	}
}

func asksKeyword(n ir.Node) (asks bool) {
	ir.Inspect(n, func(n ir.Node) bool {
		_, keyword := n.(*ir.Keyword)
		asks = asks || keyword
		return !asks
	})
	return asks
}

// innerCandidates gives the values inside longer texts that tests read, in the order in which they are read, and the
// extracts.
func (w *writer) innerCandidates(conditions []ir.Node) (found []*innerCandidate, made []schema.Column) {
	add := func(f ir.Field, t ir.Test) {
		col, _ := w.columnOf(f, t)
		if col.Made != nil {
			made = append(made, col)
			return
		}
		name, expr := w.innerValue(col, f)
		if name == "" {
			return
		}
		at := slices.IndexFunc(found, func(f *innerCandidate) bool { return f.expr == expr })
		if at < 0 {
			at = len(found)
			found = append(found, &innerCandidate{name: name, expr: expr, fills: col.InXML != ""})
		}
		found[at].saved += timesRead(t) * (len(part(w.read(col, t), col, t).name) - len(name))
	}
	for _, c := range conditions {
		ir.Inspect(c, func(n ir.Node) bool {
			if m, ok := n.(*ir.Match); ok {
				for _, read := range fieldsRead(m) {
					add(read.field, read.test)
				}
			}
			return true
		})
	}
	return found, made
}

// innerValue gives the expression for a value inside a longer text, and its name. They are "" if the column itself is
// the value.
func (w *writer) innerValue(c schema.Column, f ir.Field) (name, expr string) {
	switch {
	case c.Made != nil:
		return c.Name, w.made(c)
	case c.InXML != "" && c.Instead.Column == "" && f.Level == 0:
		name = c.Name
	case c.Type == schema.XML, c.Type == schema.HashSet:
		name = c.Key
	case c.Within() != "" && f.Level == 0:
		name = f.Name
	default:
		return "", ""
	}
	return name, part(w.read(c, nil), c, nil).name
}

// timesRead counts how often a test uses its value in the query.
func timesRead(t ir.Test) int {
	if text, ok := t.(*ir.Text); ok && text.Op != ir.Equals && text.Op != ir.Filename {
		return len(text.Values)
	}
	return 1
}

// mayExtend tells whether a column of a name can be added. The table must not have it, no statement or function may
// have the name, and if another table of the model has it, it must be text there too: otherwise a union would rename
// that column.
func (w *writer) mayExtend(name string) bool {
	if isTakenWord(name) || slices.ContainsFunc(w.extended, func(r *extendedColumn) bool { return strings.EqualFold(r.column, name) }) {
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
	return elsewhere || !w.names.taken(name)
}

// isTakenWord tells whether a name has a meaning in Kusto or in the query, or cannot be written without quotes.
func isTakenWord(name string) bool {
	lower := strings.ToLower(name)
	return !plainName.MatchString(name) || madeName.MatchString(name) || reservedWords[lower] || statementWords[lower] || slices.Contains(functions, lower)
}

// extendedName gives the column for a value inside a longer text. It is "" if each test extracts the value itself.
func (w *writer) extendedName(c schema.Column, f ir.Field) string {
	if len(w.extended) == 0 {
		return ""
	}
	_, expr := w.innerValue(c, f)
	for _, r := range w.extended {
		if r.expr == expr {
			r.use()
			return r.column
		}
	}
	return ""
}

// use notes that a written test uses a column.
func (r *extendedColumn) use() {
	r.used = true
	for _, below := range r.needs {
		below.use()
	}
}

// extendMade makes a column of an extract, behind those of the extracts that it is made of.
func (w *writer) extendMade(c schema.Column) {
	if c.Made == nil || hasSeveral(c) {
		return
	}
	r := &extendedColumn{column: columnName(c.Name)}
	for _, from := range c.Made.From {
		w.extendMade(from)
		for _, had := range w.extended {
			if from.Made != nil && had.column == columnName(from.Name) {
				r.needs = append(r.needs, had)
			}
		}
	}
	r.expr = w.made(c)
	if w.extendedName(c, ir.Field{}) == "" && w.mayExtend(c.Name) {
		w.extended = append(w.extended, r)
	}
}

// extendStages are the stages that extract the values of written tests, unless an earlier stage did.
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

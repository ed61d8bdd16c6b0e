package kql

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"decree/compilers"
	"decree/rules/ir"
	"decree/rules/schema"
)

// creation is the joined creation event of the process hops levels above the event's own.
type creation struct {
	hops    int
	from    int             // the record that has its key: 0 for the event itself, else another joined one
	columns []schema.Column // columns of the creation event, besides its key
	links   []int           // the joined records whose link it has
}

// parentWindow is how far before the lookback creation events of ancestors are searched.
const parentWindow = 24 * time.Hour

// columnOf finds the column of a field: on the event, on the creation event of the process below
// the ancestor, whose own parent columns describe it, or on the ancestor's own.
func (w *writer) columnOf(f ir.Field, t ir.Test) (col schema.Column, hops int) {
	if col, ok := w.plan.Native(f, t); ok {
		return col, 0
	}
	for hops := f.Level - 1; hops >= 1; hops-- {
		if col, ok := w.plan.ColumnAbove(ir.Field{Name: f.Name, Level: f.Level - hops}); ok && col.Holds == "" {
			return col, hops
		}
	}
	if col, ok := w.plan.ColumnAbove(ir.Field{Name: f.Name}); ok {
		return col, f.Level
	}
	panic("kql: field without a column passed the check")
}

// ancestorColumn names a column of the record hops above.
func ancestorColumn(hops int, name string) string {
	if hops == 0 {
		return columnName(name)
	}
	return columnName(fmt.Sprintf("Ancestor%d_%s", hops, strings.ReplaceAll(name, ".", "_")))
}

// ancestorValue names the value of a column of the record hops above. One that is in another column in some records has
// that one's name behind it: another field may have the first column alone.
func ancestorValue(hops int, c schema.Column) string {
	name := c.Name
	if c.Second() {
		name += "_" + cmp.Or(c.OrElse, c.Instead.Column, c.InXML)
	}
	return ancestorColumn(hops, name)
}

// joinFor joins the creation events that a match needs.
func (w *writer) joinFor(m *ir.Match) {
	for _, a := range fieldsRead(m) {
		col, hops := w.columnOf(a.field, a.test)
		if hops == 0 {
			continue
		}
		effect := "false-negatives"
		if ir.WhenMissing(a.test) {
			effect = "false-positives"
		}
		w.plan.NoteOf(m, "ancestor-window", effect, "an ancestor that the event does not record is found only if the creation events of the processes in between were ingested in the lookback or the day before it")
		j := w.joinCreation(hops)
		j.addColumn(col)
		if col.Filename != "" {
			j.addColumn(schema.Column{Name: col.Filename})
		}
	}
}

func (j *creation) addColumn(c schema.Column) {
	if !slices.ContainsFunc(j.columns, func(had schema.Column) bool { return ancestorValue(0, had) == ancestorValue(0, c) }) {
		j.columns = append(j.columns, schema.Column{Name: c.Name, Type: c.Type, OrElse: c.OrElse, Instead: c.Instead, InXML: c.InXML})
	}
}

// splitAtAncestors separates the conditions on the event alone, which come before any join, from those that need an
// ancestor's event.
func (w *writer) splitAtAncestors(conjuncts []ir.Node) (own, linked []ir.Node) {
	for _, n := range compilers.FlatConjuncts(conjuncts) {
		needs := false
		ir.Inspect(n, func(below ir.Node) bool {
			if m, ok := below.(*ir.Match); ok {
				for _, a := range fieldsRead(m) {
					_, hops := w.columnOf(a.field, a.test)
					needs = needs || hops > 0
				}
			}
			return !needs
		})
		if needs {
			linked = append(linked, n)
		} else {
			own = append(own, n)
		}
	}
	return own, linked
}

// fieldRead is a field and the test of its value. The test is nil if the whole value is needed.
type fieldRead struct {
	field ir.Field
	test  ir.Test
}

// fieldsRead lists the fields a match reads.
func fieldsRead(m *ir.Match) []fieldRead {
	if ref, ok := m.Test.(*ir.FieldRef); ok {
		return []fieldRead{{m.Field, nil}, {ref.Other, nil}}
	}
	return []fieldRead{{m.Field, m.Test}}
}

// joinCreation adds the join of the record hops above, and of those that lead to it.
func (w *writer) joinCreation(hops int) *creation {
	if j, ok := w.creations[hops]; ok {
		return j
	}
	j := &creation{hops: hops}
	keys := w.plan.Source.Keys
	if _, carried := keys[hops]; !carried {
		step := 1
		for keys[step+1] != nil {
			step++
		}
		j.from = hops - step
		from := w.joinCreation(j.from)
		if w.plainKeys() {
			for _, c := range keys[step] {
				from.addColumn(schema.Column{Name: c})
			}
		} else {
			from.links = append(from.links, hops)
		}
	}
	w.creations[hops] = j
	return j
}

// joins writes the joins, nearest ancestor first. Only one creation event per key is kept, so a join never multiplies
// events.
func (w *writer) joins() []string {
	if !w.plainKeys() {
		return w.linkJoins()
	}
	var stages []string
	host := columnName(w.plan.Source.Entities["host"].Name)
	key := append([]string{host}, columnNames(w.plan.Source.Keys[0])...)
	for _, hops := range w.hops() {
		j := w.creations[hops]
		earliest := append([]string{columnName(w.plan.Model.Time[0])}, w.columnsKept(j.columns, key)...)
		project := make([]string, 0, len(key)+len(j.columns))
		for i, c := range key {
			project = append(project, fmt.Sprintf("%s = %s", keyName(hops, i), c))
		}
		for _, c := range j.columns {
			project = append(project, ancestorValue(hops, c)+" = "+w.read(c, nil).name)
		}
		inner := append(w.scope(parentWindow),
			fmt.Sprintf("summarize arg_min(%s) by %s", strings.Join(earliest, ", "), strings.Join(key, ", ")),
			"project "+strings.Join(project, ", "))
		on := []string{fmt.Sprintf("$left.%s == $right.%s", host, keyName(hops, 0))}
		for i, c := range w.plan.Source.Keys[hops-j.from] {
			on = append(on, fmt.Sprintf("$left.%s == $right.%s", ancestorColumn(j.from, c), keyName(hops, i+1)))
		}
		stages = append(stages, fmt.Sprintf("join kind=leftouter (\n%s  ) on %s", indent(indent(pipe(inner))), strings.Join(on, ", ")))
	}
	return stages
}

// columnsKept names the columns of the table that some columns are read from, each once, without those of the key.
func (w *writer) columnsKept(columns []schema.Column, key []string) (kept []string) {
	for _, c := range columns {
		for _, name := range c.ReadsFrom() {
			if container, _ := w.plan.Source.Inside(name); container != "" {
				name = container
			}
			if !slices.Contains(key, columnName(name)) && !slices.Contains(kept, columnName(name)) {
				kept = append(kept, columnName(name))
			}
		}
	}
	return kept
}

func (w *writer) hops() []int {
	var all []int
	for h := range w.creations {
		all = append(all, h)
	}
	slices.Sort(all)
	return all
}

// dropKeys removes the columns that the joins added.
func (w *writer) dropKeys() []string {
	var names []string
	for _, hops := range w.hops() {
		if !w.plainKeys() {
			names = append(names, w.linkColumns(hops)...)
			continue
		}
		for i := range len(w.plan.Source.Keys[0]) + 1 {
			names = append(names, keyName(hops, i))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{"project-away " + strings.Join(names, ", ")}
}

func keyName(hops, i int) string { return fmt.Sprintf("Ancestor%d_Key%d", hops, i) }

func columnNames(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = columnName(n)
	}
	return out
}

package compilers

import (
	"maps"
	"slices"
	"time"

	"decree/rules/ir"
	"decree/rules/schema"
)

// Result says what a query returns and over which period it searches. Packages read it: they never read the query's
// text.
type Result struct {
	Tables  []string // tables, base searches, datasets or event categories that are searched, each once
	Indices []string // index patterns in Elasticsearch that hold them
	// Whole says that a row is a whole event of one of the tables, with all columns that the table has there. Columns
	// are then those that the data model lists for every one of the tables. Without a list, a table may have any
	// column. If Whole is false, rows have Columns and no others.
	Whole   bool
	Columns []string
	Time    string // the column with the event's time
	// Lookback is the period whose matches are reported. The query limits itself to it. 0: the query has no limit, and
	// the product chooses one.
	Lookback time.Duration
	// Reach is how much further back than the reported period the query needs events: windows of correlations,
	// creations of ancestors.
	Reach time.Duration
	// Combines says that the query is more than conditions on the events of one table: it joins, unites, orders or
	// counts.
	Combines bool

	shared  []string            // of a sequence: the columns whose values its events have in common; see Joined
	joined  bool                // the query is a sequence
	written bool                // nobody knows its columns: what a rule names is taken for one
	behind  map[string][]string // entity -> the columns that the searched sources have for it
	columns map[ir.Field]string // of a result that is not whole: fields -> columns
	named   map[string]string   // what a correlation groups by, and fields with a column of their own -> columns
	plans   []*Plan             // of a whole result
}

// Lists tells whether a field or an entity is known to be in the result: the data model lists it for one of the
// sources, or the query names it.
func (r *Result) Lists(name string) bool {
	if r.written {
		return false
	}
	if _, ok := r.named[name]; ok || !r.Whole {
		return true
	}
	return slices.ContainsFunc(r.plans, func(p *Plan) bool { return p.Source.Lists(name) })
}

// Has tells whether the result has a column. A whole row of a table whose columns nobody lists is taken to have it.
func (r *Result) Has(column string) bool {
	listed := slices.Contains(r.Columns, column)
	return listed || r.Whole && len(r.Columns) == 0
}

// Joined makes the result that of a sequence, whose events have the values of these columns in common and no others.
// What a product makes of a sequence has only these.
func (r *Result) Joined(by []string) { r.joined, r.shared = true, by }

// Shares tells whether all events of a row have the same values in these columns. Most rows are one event.
func (r *Result) Shares(columns ...string) bool {
	return !r.joined || !slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(r.shared, c) })
}

// Column is the column of the result with the value of a field, an entity, or what a correlation groups by, as a rule
// names it. ok is false if there is none, if its value is only a part of a column, or if the tables have it in several.
func (r *Result) Column(name string) (column string, ok bool) {
	if column, ok := r.named[name]; ok {
		return column, true
	}
	if r.written {
		return name, true
	}
	f := ir.FieldNamed(name)
	if !r.Whole {
		column, ok = r.columns[f]
		return column, ok
	}
	for i, p := range r.plans {
		one, has := p.whole(f, name)
		if !has || i > 0 && one != column {
			return "", false
		}
		column = one
	}
	return column, column != ""
}

// ColumnsOf are the columns of the result that together tell one value of a field from another: that of Column, after
// the one with its domain, if a table keeps domains apart. ok is false if there is no such column.
func (r *Result) ColumnsOf(name string) (columns []string, ok bool) {
	column, ok := r.Column(name)
	if !ok {
		return nil, false
	}
	for _, p := range r.plans {
		domain, ok := p.domainOf(ir.FieldNamed(name))
		if !ok {
			continue
		}
		before, ok := r.Column(domain)
		if !ok {
			return nil, false
		}
		if !slices.Contains(columns, before) {
			columns = append(columns, before)
		}
	}
	return append(columns, column), true
}

// NameOf is the column with the name of an entity whose column has an id, for texts that people read. ok is false if
// the tables have no such column, or not the same.
func (r *Result) NameOf(entity string) (column string, ok bool) {
	if _, shown := r.named[entity]; shown || !r.Whole {
		return "", false
	}
	for i, p := range r.plans {
		name := p.Source.Entities[entity].Named
		if name == "" || i > 0 && name != column {
			return "", false
		}
		column = name
	}
	return column, column != "" && r.Has(column)
}

// domainOf names the field with the domain of a field's values. ok is false if they have none, or it is in them.
func (p *Plan) domainOf(f ir.Field) (name string, ok bool) {
	col, _ := p.Column(f)
	if _, domain := p.Whole(f); domain == nil || col.Domain == "" {
		return "", false
	}
	return ir.Field{Name: col.Domain, Level: f.Level}.SigmaName(), true
}

// whole is the one column of an event that has the whole value of a field, or is a column of that name.
func (p *Plan) whole(f ir.Field, name string) (string, bool) {
	f = p.Rule.Own(f)
	columns, _ := p.Whole(f)
	_, entity := p.Source.Entities[name]
	if len(columns) == 1 && (entity || p.Source.Has(p.Model, f)) {
		return PlainColumn(p.Source, columns[0])
	}
	_, listed := p.Source.Columns[name]
	return name, listed && len(columns) == 0
}

// PlainColumn is the name of a column that is a field's value as it is. ok is false if the value is a part of it.
func PlainColumn(s *schema.Source, c schema.Column) (name string, ok bool) {
	container, _ := s.Inside(c.Name)
	part := c.Made != nil || c.Within() != "" || c.Type == schema.HashSet || c.Type == schema.Digests || c.Second() || c.Holds != "" || c.Under != ""
	return c.Name, container == "" && !part
}

// WholeResult is the result of a query whose rows are whole events of the sources of its branches.
func WholeResult(branches ...*Branch) *Result {
	lead := branches[0]
	r := &Result{Whole: true, Lookback: lead.Rule.Source.Schedule.Lookback, Combines: len(branches) > 1}
	if len(lead.Model.Time) > 0 {
		r.Time = lead.Model.Time[0]
	}
	for _, b := range branches {
		r.Searches(b.Plan, b.Sources...)
		for _, s := range b.Sources {
			own := *b.Plan
			own.Source = s
			r.plans = append(r.plans, &own)
		}
	}
	first := r.plans[0].Source.Columns
	for _, name := range slices.Sorted(maps.Keys(first)) {
		elsewhere := func(p *Plan) bool { return p.Source.Columns[name] != first[name] }
		if !slices.ContainsFunc(r.plans, elsewhere) {
			r.Columns = append(r.Columns, name)
		}
	}
	return r
}

// NamedResult is the result of a query that names its columns. columns are those of fields, groups those of what a
// correlation groups by.
func NamedResult(columns map[ir.Field]string, groups map[string]string) *Result {
	return &Result{columns: columns, named: groups, Combines: true}
}

// Shows adds columns that a query of whole rows has beside those of its tables: a field -> its column.
func (r *Result) Shows(columns map[string]string) {
	r.named = columns
	for _, field := range slices.Sorted(maps.Keys(columns)) {
		if !slices.Contains(r.Columns, columns[field]) {
			r.Columns = append(r.Columns, columns[field])
		}
	}
}

// Behind are the columns that the data model has for an entity in the tables that are searched. A correlation that
// groups by the entity returns their values in a column of another name.
func (r *Result) Behind(entity string) []string { return r.behind[entity] }

// Searches adds the tables and indices of sources of a plan.
func (r *Result) Searches(p *Plan, sources ...*schema.Source) {
	for _, s := range sources {
		if !slices.Contains(r.Tables, s.Table) {
			r.Tables = append(r.Tables, s.Table)
		}
		for entity, column := range s.Entities {
			if !slices.Contains(r.behind[entity], column.Name) {
				if r.behind == nil {
					r.behind = map[string][]string{}
				}
				r.behind[entity] = append(r.behind[entity], column.Name)
			}
		}
		patterns, _ := p.IndicesOf(s)
		for _, index := range patterns {
			if !slices.Contains(r.Indices, index) {
				r.Indices = append(r.Indices, index)
			}
		}
	}
}

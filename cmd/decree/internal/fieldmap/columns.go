package fieldmap

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/anycase"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Map is what products have of a log source.
type Map struct {
	LogSource string  `json:"logsource"`
	Models    []Model `json:"models"`
	Fields    []Field `json:"fields"` // fields by their names, then entities
}

// Model is a model that has the log source.
type Model struct {
	Name    string   `json:"name"`
	Sources []Source `json:"sources"` // those that answer, the preferred one first
	// NotAsked are the logs of Windows that hold such events too, as models of events read them, and this one does not.
	NotAsked []Source `json:"not_asked,omitempty"`
}

// Source is one log of a product.
type Source struct {
	Name     string `json:"name"`
	Table    string `json:"table,omitempty"`
	AnyOther string `json:"any_other,omitempty"` // the column of a field that is not listed
	Requires string `json:"requires,omitempty"`  // what must be set up
}

// Field is a field of Sigma's, or an entity of decree's.
type Field struct {
	Name    string   `json:"name"`
	Entity  bool     `json:"entity,omitempty"`
	UsedBy  []string `json:"used_by,omitempty"` // names of rules
	Columns []Column `json:"columns"`           // one for each source
}

// Column says where a source has a field.
type Column struct {
	Model  string `json:"model"`
	Source string `json:"source"`
	// Column is empty where the source lacks the field, and where another event has it.
	Column string      `json:"column,omitempty"`
	Type   schema.Type `json:"type,omitempty"`
	Lacks  bool        `json:"lacks,omitempty"`
	Notes  []string    `json:"notes,omitempty"` // how the value is held, or what is near
}

// New maps the fields of a log source. all are the models whose fields are listed, models those whose columns are asked
// for. More fields, which rules use, are listed too.
func New(ls rules.LogSource, all, models []*schema.Model, more []string) *Map {
	out := &Map{LogSource: ls.Name(), Models: []Model{}, Fields: []Field{}}
	var found [][]*schema.Source
	models = answering(ls, models)
	for _, m := range models {
		sources := m.Find(ls.Category, ls.Product, ls.Service)
		found = append(found, sources)
		of := Model{Name: m.Name}
		for _, s := range sources {
			of.Sources = append(of.Sources, Source{s.Name, s.Table, m.AnyOther(s), s.Requires})
		}
		for _, s := range m.NotAsked(ls) {
			of.NotAsked = append(of.NotAsked, Source{Name: s.Name, Table: s.Table})
		}
		out.Models = append(out.Models, of)
	}
	fields, entities := vocabulary(ls, append(slices.Clone(all), models...))
	for _, name := range more {
		if !anycase.Contains(fields, name) && !anycase.Contains(entities, name) {
			fields = append(fields, name)
		}
	}
	slices.SortFunc(fields, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	for i, name := range slices.Concat(fields, entities) {
		f := Field{Name: name, Entity: i >= len(fields), Columns: []Column{}}
		for k, m := range models {
			for _, s := range found[k] {
				f.Columns = append(f.Columns, held(m, s, name, f.Entity))
			}
		}
		out.Fields = append(out.Fields, f)
	}
	return out
}

// held says where a source has a field or an entity.
func held(m *schema.Model, s *schema.Source, name string, entity bool) Column {
	c := fieldOf(m, s, name)
	if entity {
		c = entityOf(s, name)
	}
	c.Model, c.Source = m.Name, s.Name
	return c
}

// Preferred gives the models of a log source that are tried first: one of each dialect, and one of events as products
// write them. rest names the others.
func Preferred(ls rules.LogSource, models []*schema.Model) (first []*schema.Model, rest []string) {
	for _, m := range slices.SortedStableFunc(slices.Values(answering(ls, models)), func(a, b *schema.Model) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a.Name, b.Name))
	}) {
		if slices.ContainsFunc(first, func(other *schema.Model) bool { return other.Dialect == m.Dialect }) {
			rest = append(rest, m.Name)
		} else {
			first = append(first, m)
		}
	}
	return first, rest
}

// order is when a model is tried. One that must be named is last.
func order(m *schema.Model) int {
	if m.Order == 0 {
		return math.MaxInt
	}
	return m.Order
}

// vocabulary gives the fields and the entities that models have of a log source.
func vocabulary(ls rules.LogSource, models []*schema.Model) (fields, entities []string) {
	for _, m := range answering(ls, models) {
		for _, s := range m.Find(ls.Category, ls.Product, ls.Service) {
			for _, name := range s.Vocabulary() {
				if _, held := m.Native(s, ir.FieldNamed(name), &ir.Text{Op: ir.Filename}); held && !anycase.Contains(fields, name) {
					fields = append(fields, name)
				}
			}
			for name := range s.Entities {
				if !anycase.Contains(entities, name) {
					entities = append(entities, name)
				}
			}
		}
	}
	fields = slices.DeleteFunc(fields, func(name string) bool { return anycase.Contains(entities, name) })
	slices.Sort(entities)
	return fields, entities
}

// fieldOf says where a source has a field.
func fieldOf(m *schema.Model, s *schema.Source, name string) Column {
	f := ir.FieldNamed(name)
	if array := m.ArrayOf(s, f); array != "" {
		return Column{Notes: []string{"asked of the elements of " + array}}
	}
	if c, native := m.Native(s, f, &ir.Text{Op: ir.Filename}); native {
		return columnOf(c)
	}
	if fields := otherwise(m, s, f); len(fields) > 0 {
		return Column{Notes: []string{"asked of the fields " + strings.Join(fields, ", ")}}
	}
	if m.Reaches(s, f, nil) {
		return Column{Notes: []string{"read from the event in which the ancestor began"}}
	}
	out := Column{Lacks: true}
	near := m.Closest(s, f.Name)
	if len(near) == 0 {
		near = s.ClosestColumns(f.Name)
	}
	if len(near) > 0 {
		out.Notes = []string{"closest: " + strings.Join(near, ", ")}
	}
	return out
}

// Held says where the sources of a rule have a field or an entity, one for each source that the rule is asked of.
func Held(m *schema.Model, r *ir.Rule, name string, entity bool) []Column {
	var out []Column
	for _, s := range asked(m, r) {
		out = append(out, held(m, s, name, entity))
	}
	return out
}

// Counted says where the sources of a rule have the value of another process that a prevalence condition asks about,
// one for each source that the rule is asked of. Queries ask the event alone.
func Counted(m *schema.Model, r *ir.Rule, p *ir.Prevalence) []Column {
	var out []Column
	for _, s := range asked(m, r) {
		c := Column{Lacks: true}
		if columns, _ := m.Counted(s, p); len(columns) > 0 {
			c = columnOf(columns[0])
		}
		c.Model, c.Source = m.Name, s.Name
		out = append(out, c)
	}
	return out
}

// asked are the sources that a rule is asked of, or that could be if they had its fields.
func asked(m *schema.Model, r *ir.Rule) []*schema.Source {
	if sources := m.Answering(r); len(sources) > 0 {
		return sources
	}
	return m.Candidates(r)
}

// otherwise gives the fields that a source is asked of instead of one that it lacks: those of hashes for Sysmon's list
// of them.
func otherwise(m *schema.Model, s *schema.Source, f ir.Field) []string {
	var fields []string
	for _, value := range []string{"MD5=" + strings.Repeat("0", 32), "SHA1=" + strings.Repeat("0", 40), "SHA256=" + strings.Repeat("0", 64)} {
		asked := &ir.Match{Field: f, Test: &ir.Text{Op: ir.Equals, Values: []string{value}}}
		own, err := m.Translate(s, asked)
		if err != nil || !m.Answers(s, asked) {
			continue
		}
		ir.Inspect(own, func(n ir.Node) bool {
			if match, ok := n.(*ir.Match); ok && match.Field != f && !slices.Contains(fields, match.Field.Name) {
				fields = append(fields, match.Field.Name)
			}
			return true
		})
	}
	return fields
}

func entityOf(s *schema.Source, name string) Column {
	if c, ok := s.Entities[name]; ok {
		return columnOf(c)
	}
	return Column{Lacks: true}
}

func columnOf(c schema.Column) Column { return Column{Column: c.Name, Type: c.Type, Notes: holds(c)} }

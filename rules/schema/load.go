package schema

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/anycase"
	"decree/rules/diag"
	"decree/rules/source"
)

// LoadFile reads a model from a user's file, which may extend a shipped one.
func LoadFile(path string) (*Model, error) {
	data, err := source.ReadFile(path, source.ForModels)
	if err != nil {
		return nil, err
	}
	return read(path, data)
}

// readShipped reads a shipped model without checking it: tests have checked it, and it is read often.
func readShipped(file string, data []byte) (*Model, error) {
	if len(section(data, "extends")) > 0 { // what it adds is told by the places in its text
		return read(file, data)
	}
	m := &Model{}
	if err := yaml.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("data model %s: %w", file, err)
	}
	m.ofEveryTable()
	m.nameOwnColumns()
	m.nameXML()
	m.finish()
	return m, nil
}

func read(file string, data []byte) (*Model, error) {
	m := &Model{}
	doc := newDocument(file, data, m)
	if err := doc.unread(); err != nil {
		return nil, err
	}
	if m.Extends != "" {
		below, err := Shipped(m.Extends)
		if err != nil {
			doc.Errorf("bad-model", doc.Places.Range("extends"), diag.OneOf(m.Extends, Names()), "unknown model %q in extends", m.Extends)
			return nil, doc.unread()
		}
		m = merge(below, m, doc)
	}
	m.tellsOwn = doc.Has("recognise")
	m.check(doc)
	if err := doc.unread(); err != nil {
		return nil, err
	}
	m.ofEveryTable()
	m.nameOwnColumns()
	m.nameXML()
	m.takeAccountsApart()
	m.finish()
	return m, nil
}

// takeAccountsApart leaves of accounts their two columns, in a model for queries that extends one of events: a query
// reads each alone.
func (m *Model) takeAccountsApart() {
	if m.Dialect == "" {
		return
	}
	for i := range m.Sources {
		for name, col := range m.Sources[i].Fields {
			if col.Type == Account {
				col.Type, col.Key, col.Bare = "", "", ""
				m.Sources[i].Fields[name] = col
			}
		}
	}
}

// ofEveryTable adds to each table the columns that all tables have.
func (m *Model) ofEveryTable() {
	for i := range m.Sources {
		if len(m.Columns) > 0 {
			columns := maps.Clone(m.Columns)
			maps.Copy(columns, m.Sources[i].Columns)
			m.Sources[i].Columns = columns
		}
	}
}

// Find gives the sources that answer a log source, preferred first. A source that leaves the same parts unset as the
// log source is preferred. Otherwise the model's order counts. The list is shared: nobody may change it.
func (m *Model) Find(category, product, service string) []*Source {
	return m.own(findKey{category, product, service}, func() any { return slices.Clip(m.find(category, product, service)) }).([]*Source)
}

// Has tells whether a source of the model answers a log source.
func (m *Model) Has(ls rules.LogSource) bool {
	return len(m.Find(ls.Category, ls.Product, ls.Service)) > 0
}

// findKey is what sources are asked for.
type findKey struct{ category, product, service string }

func (m *Model) find(category, product, service string) []*Source {
	var same, others []*Source
	alone := category == "" && service == "" && product != "" // a log of any product is not the product's own
	for i := range m.Sources {
		s := &m.Sources[i]
		switch {
		case alone && s.Product == "*" && strings.Trim(s.Category+s.Service, "*") != "":
		case strings.EqualFold(s.Category, category) && strings.EqualFold(s.Product, product) && strings.EqualFold(s.Service, service):
			same = append(same, s)
		case answers(s.Category, category) && answers(s.Product, product) && answers(s.Service, service):
			others = append(others, s)
		}
	}
	if found := append(same, others...); len(found) > 0 || category == "" || service == "" {
		return found
	}
	return m.both(category, product, service)
}

// answers tells whether one part of a source's log source fits that of a rule. An unset part in the rule fits every
// source, and "*" in the source fits every rule.
func answers(has, asked string) bool {
	return has == "*" || asked == "" || strings.EqualFold(has, asked)
}

// Column finds the column of a Sigma field or of an entity on the event itself. Level 0 is the event's own process, and
// level n is its nth ancestor.
func (m *Model) Column(s *Source, field string, level int) (Column, bool) {
	f := m.field(s, field, level)
	return f.column, f.known
}

// fieldsAt are the fields that a source maps of the event's own process (level 0) or of an ancestor.
func (s *Source) fieldsAt(level int) map[string]Column {
	if level > 0 {
		return s.Ancestors[level]
	}
	return s.Fields
}

func (m *Model) column(s *Source, field string, level int) (Column, bool) {
	if c, ok := s.entity(field); ok && level == 0 {
		return c, true
	}
	if c, ok := mappedIn(s.fieldsAt(level), field); ok {
		return c, true
	}
	if c, ok := m.hostName(s, field); ok && level == 0 {
		return c, true
	}
	if c, ok := s.property(field); ok && level == 0 {
		return c, true
	}
	if container, path := s.Inside(field); s.OwnColumns && level == 0 && container != "" && !s.BelowArray(field) {
		return Column{Name: container + "." + strings.Join(path, ".")}, true
	}
	if c, ok := m.elementColumn(s, field); ok && level == 0 {
		return c, true
	}
	return m.unlistedColumn(s, field, level)
}

// unlistedColumn is the column of a field that the source does not name.
func (m *Model) unlistedColumn(s *Source, field string, level int) (Column, bool) {
	switch {
	case level >= len(levelPrefixes) || level > 0 && len(s.Keys) > 0:
		return Column{}, false
	case s.Unlisted != "":
		return Column{Name: s.Unlisted + m.unlisted(field, level)}, true
	case s.UnlistedIn != "":
		return Column{Name: s.UnlistedIn, Type: XML, Key: levelPrefixes[level] + field}, true
	case s.Envelope != "" && m.Dialect == "":
		return Column{Name: s.outside(field), Also: []string{s.Envelope + "." + s.outside(field)}}, true
	case m.Passthrough:
		return Column{Name: m.unlisted(field, level), Requires: cmp.Or(m.extractedWhole(s, field), s.asWritten(field))}, true
	}
	return Column{}, false
}

// unlisted is what the product calls a field that is not listed, of the event or of an ancestor.
func (m *Model) unlisted(field string, level int) string {
	name := levelPrefixes[level] + field
	if m.Spaces == "" {
		return name
	}
	return strings.ReplaceAll(name, " ", m.Spaces)
}

// mappedIn finds a field among the mapped ones, ignoring case.
func mappedIn(fields map[string]Column, field string) (Column, bool) {
	if c, ok := fields[field]; ok {
		return c, true
	}
	first := ""
	for name := range fields {
		if strings.EqualFold(name, field) && (first == "" || name < first) {
			first = name
		}
	}
	return fields[first], first != ""
}

// Whole gives the columns with the whole value of a field; the first that has a value counts. If the product splits
// `DOMAIN\user` or a path, it also gives the column with what is before the backslash, else nil. Of a path
// (Column.Under is set) that may be all there is. A field that the source lacks, or whose values stand among those of
// others (Column.Shared), has no columns. The name may be that of an entity.
func (m *Model) Whole(s *Source, field string, level int) (columns []Column, before *Column) {
	col, ok := m.Column(s, field, level)
	if !ok || col.Shared {
		return nil, nil
	}
	if inside, outside, either := m.places(s, field, level); either {
		for _, name := range []string{inside, outside} {
			at, _ := m.Column(s, name, level)
			columns = append(columns, at)
		}
	}
	for _, name := range col.Spread {
		own, _ := m.Whole(s, name, level)
		if len(own) == 0 { // some of the values are not the field's
			return nil, nil
		}
		columns = append(columns, own...)
	}
	if len(columns) == 0 {
		columns = []Column{col}
	}
	if front := cmp.Or(col.Under, col.Domain); front != "" && front != noDomain && col.Type != Account {
		if c, ok := m.Column(s, front, level); ok {
			before = &c
		}
	}
	return columns, before
}

// levelPrefixes are Sigma's prefixes for the fields of the event's process and its ancestors. Other logs may have such
// fields too, if something has added them.
var levelPrefixes = []string{"", "Parent", "GrandParent"}

// Lists tells whether the source maps a field, has an entity of that name, or is of a log whose events of its category
// are known to have the field. Where it does not, its events may have the field all the same.
func (s *Source) Lists(name string) bool {
	if _, entity := s.Entities[name]; entity {
		return true
	}
	if _, mapped := mappedIn(s.Fields, name); mapped {
		return true
	}
	log := knownLogs().Logs[s.Log]
	return log != nil && s.Category != "" && (anycase.Contains(log.Common, name) || anycase.Contains(log.Fields[s.Category], name))
}

// Closest names up to three mapped fields with the most similar names.
func (m *Model) Closest(s *Source, field string) []string {
	return diag.Similar(field, sortedNames(s.Fields), 3)
}

// ClosestColumns names up to three columns of the source's table with the most similar names.
func (s *Source) ClosestColumns(field string) []string {
	return diag.Similar(field, sortedNames(s.Columns), 3)
}

func sortedNames[V any](fields map[string]V) []string {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

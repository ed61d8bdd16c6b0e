package schema

import (
	"slices"

	"decree/rules/anycase"
	"decree/rules/ir"
)

// Instead is the column with a value in those events in which another column tells so, as a product that writes the
// local and the remote end of a connection has its source in one or the other. Column is "" if there is none.
type Instead struct {
	Column string   `yaml:"column"`
	When   string   `yaml:"when"` // the column that tells
	Is     []string `yaml:"is"`   // what it then holds, as text without case
}

// Holds tells whether the column that tells has one of these texts.
func (i Instead) Holds(texts []string) bool {
	return slices.ContainsFunc(texts, func(text string) bool {
		return anycase.Contains(i.Is, text)
	})
}

// Second tells whether the value is in one of two columns, or that of a field from which an extract takes its own.
func (c Column) Second() bool {
	return c.OrElse != "" || c.InXML != "" || c.Instead.Column != "" || c.Made != nil && slices.ContainsFunc(c.Made.From, Column.Second)
}

// ReadsFrom names the columns that the value may be in, and the one that tells which, the column's own first.
func (c Column) ReadsFrom() []string {
	names := []string{c.Name, c.OrElse, c.Instead.Column, c.Instead.When, c.InXML}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// SettledIn is a column as conditions read it that are all in the terms of the source: where they cannot hold in events
// of the one kind, the column is that of the others.
func (m *Model) SettledIn(s *Source, c Column, terms ...ir.Node) Column {
	if c.InXML != "" && !m.mayBe(s, Instead{When: s.Filled.When, Is: s.Filled.Is}, false, terms) {
		c.InXML = ""
	}
	if c.Instead.Column == "" {
		return c
	}
	switch {
	case !m.mayBe(s, c.Instead, true, terms):
		c.Instead = Instead{}
	case !m.mayBe(s, c.Instead, false, terms):
		c.Name, c.Instead = c.Instead.Column, Instead{}
	}
	return c
}

// mayBe tells whether an event of the source, in which the column that tells holds one of the values or none of them,
// could satisfy all conditions.
func (m *Model) mayBe(s *Source, i Instead, one bool, terms []ir.Node) bool {
	k := m.knowledgeOf(s)
	name, ok := k.single(Column{Name: i.When})
	if !ok {
		return true
	}
	h := k.of(name)
	h.numeric = s.Numbers(Column{Name: i.When})
	return !h.take(&ir.Text{Op: ir.Equals, Values: i.Is}, one) || h.possible() && k.all(terms, true)
}

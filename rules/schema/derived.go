package schema

import (
	"sync"

	"decree/rules/ir"
)

// derived keeps what follows from a model alone.
type derived struct {
	sync.Map        // key -> value
	of       *Model // copies of it may change
}

// finish makes a model ready for use: it does not change any more.
func (m *Model) finish() {
	// coalesce and isempty pass over an empty text: https://learn.microsoft.com/en-us/kusto/query/coalesce-function
	m.EmptyIsMissing = m.EmptyIsMissing || m.Dialect == "kql"
	m.derived = &derived{of: m}
}

// Derived gives what follows from the model alone, such as an index of its names. It is made once and then shared, also
// with copies of the model: nobody may change it. key is of a type of the caller's own. A model that was not loaded
// keeps nothing, because it may still change.
func (m *Model) Derived(key any, make func() any) any {
	if m.derived == nil {
		return make()
	}
	kept, ok := m.derived.Load(key)
	if !ok {
		kept, _ = m.derived.LoadOrStore(key, make())
	}
	return kept
}

// own is Derived for what a copy of the model may have otherwise.
func (m *Model) own(key any, make func() any) any {
	if m.derived == nil || m.derived.of != m {
		return make()
	}
	return m.Derived(key, make)
}

type (
	fieldKey struct {
		source *Source
		name   string
		level  int
	}
	// field is what a source has for a field that is not an extract.
	field struct {
		column Column
		known  bool // there is such a column
		has    bool // the source's events can have the field
	}
)

// field looks a field up. Rules ask the same few again and again.
func (m *Model) field(s *Source, name string, level int) *field {
	return m.own(fieldKey{s, name, level}, func() any {
		f := &field{has: s.mayHave(m, ir.Field{Name: name, Level: level})}
		f.column, f.known = m.column(s, name, level)
		return f
	}).(*field)
}

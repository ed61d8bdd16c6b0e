package engine

import (
	"slices"

	"decree/engine/event"
	"decree/rules/diag"
)

// So many names of an event, of at most so many bytes, are compared with a field that it lacks.
const (
	mostNames   = 1000
	longestName = 64
)

// Misspelt looks at the event that was added last. It gives one of its fields whose name is nearly that of a field that
// rules test on its log source and that it lacks; "" if there is none. Other fields that are known are none.
func (e *Engine) Misspelt(ev *event.Event) (name, field string) {
	m := e.main
	for _, si := range m.route.Of {
		s := e.sources[si]
		var lacks []string
		for _, f := range s.tested {
			if m.lacksTested(f) {
				lacks = append(lacks, f.name)
			}
		}
		if len(lacks) == 0 {
			continue
		}
		if name, field = e.misspelt(s, lacks, namesBelow(ev.Raw)); name != "" {
			return name, field
		}
	}
	return "", ""
}

// misspelt says of a column that the explained event lacks under which name it may have it; "" if under none.
func (m *matcher) misspelt(column string, s *source) string {
	if slices.Contains(m.names, column) {
		return "; the event has it, but null or empty"
	}
	if name, _ := m.p.misspelt(s, []string{column}, m.names); name != "" {
		return "; the event has " + name
	}
	return ""
}

// misspelt gives the name of an event that is most like that of the first column that it lacks and that is like one.
// Another field of the log source is none.
func (p *plan) misspelt(s *source, lacks, names []string) (name, column string) {
	near := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return p.logColumns[name] || slices.Contains(lacks, name) || diag.Misspelt(name, lacks) == ""
	})
	if len(near) == 0 {
		return "", ""
	}
	known := p.knownNames(s)
	near = slices.DeleteFunc(near, func(name string) bool { return slices.Contains(known, name) })
	for _, column := range lacks {
		if name := diag.Misspelt(column, near); name != "" {
			return name, column
		}
	}
	return "", ""
}

// knownNames are the names of fields that events of a source may have: those that rules test, and those of its log.
func (p *plan) knownNames(s *source) []string {
	known := p.namesOfLog(s)
	for _, f := range s.tested {
		known = append(known, f.name)
	}
	return known
}

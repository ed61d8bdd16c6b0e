package engine

import (
	"maps"
	"slices"

	"decree/rules/schema"
)

// isOfLog tells whether a source's log is known for a field, or the data model for a column of it.
func (p *plan) isOfLog(s *source, name string) bool {
	if s.ofLog == nil {
		s.ofLog = map[string]bool{}
		for _, known := range append(p.namesOfLog(s), s.mapped()...) {
			s.ofLog[known] = true
		}
	}
	return s.ofLog[name]
}

// mapped are the columns that the data model has for fields of the source's events and of the processes above.
func (s *source) mapped() (out []string) {
	for _, fields := range append([]map[string]schema.Column{s.Fields, s.Entities, s.Actor}, slices.Collect(maps.Values(s.Ancestors))...) {
		for _, c := range fields {
			out = append(append(out, c.Name, c.OrElse, c.Instead.Column, c.Filename), c.Also...)
		}
	}
	return out
}

// spreads tells whether a column is one of several that the values of a field are spread over. An event has one of
// them.
func (s *source) spreads(column string) bool {
	for _, c := range s.Fields {
		for _, part := range c.Spread {
			if of, ok := s.Fields[part]; ok && (of.Name == column || slices.Contains(of.Also, column)) {
				return true
			}
		}
	}
	return false
}

// tells tells whether something of an event says that it is of a log source. One that only its table tells from others
// answers for events that do not name theirs, whatever they are.
func (p *plan) tells(s *source, names []string) bool {
	m := p.opt.Model
	return m.Name == schema.Plain || slices.Contains(names, m.TableColumn) ||
		slices.ContainsFunc(s.Scope, func(t schema.ScopeTest) bool { return slices.Contains(names, t.Column) }) ||
		slices.ContainsFunc(s.Recognise, func(sign schema.Sign) bool {
			return slices.ContainsFunc(sign.Columns(), func(c string) bool { return slices.Contains(names, c) })
		})
}

// othersIn gives those names that are not fields of the log source and not of any log.
func (p *plan) othersIn(s *source, names []string) []string {
	known := map[string]bool{}
	for _, f := range s.tested {
		for _, c := range f.columns {
			known[p.layout.ColumnName(c)] = true
		}
	}
	for _, c := range s.columns(p.opt.Model) {
		known[c] = true
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return known[name] || p.logColumns[name] })
}

// columns are the columns of the fields that the source's events are known to have.
func (s *source) columns(m *schema.Model) (out []string) {
	for _, name := range s.Vocabulary() {
		if c, ok := m.Column(s.Source, name, 0); ok {
			out = append(append(out, c.Name), c.Also...)
		}
	}
	return out
}

// holdsKnown tells whether events with these names have something that their log source is known to hold.
func (p *plan) holdsKnown(s *source, names []string) bool {
	known := s.columns(p.opt.Model)
	if len(known) == 0 { // it is known for nothing: any field will do
		return slices.ContainsFunc(names, func(name string) bool { return !p.logColumns[name] })
	}
	return slices.ContainsFunc(known, func(c string) bool { return !p.logColumns[c] && slices.Contains(names, c) })
}

// namesOfLog are the names of fields that a source's log is known for. Events with Sigma's own names may be of any of
// Windows' logs, and of the rules' log sources in any data model. What a log of no known fields has, other data models
// tell.
func (p *plan) namesOfLog(s *source) []string {
	known := s.columns(p.opt.Model)
	plain := p.opt.Model.Name == schema.Plain
	if !plain && s.Log != "" {
		return known
	}
	for _, name := range schema.Names() {
		m, err := schema.Shipped(name)
		if err != nil {
			panic("engine: " + err.Error())
		}
		for i := range m.Sources {
			if of := &m.Sources[i]; plain && name == "windows" || p.isOfRule(s, m, of) {
				known = slices.AppendSeq(append(known, of.Vocabulary()...), maps.Keys(of.Fields))
			}
		}
	}
	return known
}

// isOfRule tells whether a source of another model answers the log source of a rule that is run on s.
func (p *plan) isOfRule(s *source, m *schema.Model, of *schema.Source) bool {
	for _, i := range s.units {
		for _, ls := range p.units[i].rule.ir.Source.LogSources() {
			if slices.Contains(m.Find(ls.Category, ls.Product, ls.Service), of) {
				return true
			}
		}
	}
	return false
}

package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"decree/engine/document"
	"decree/engine/event"
	"decree/rules/schema"
)

// testedField is a field that rules test on the events of a log source.
type testedField struct {
	name    string
	columns []int // it is there if one of them is
}

// findTested lists what rules test on the events of each source, without what tells events of one log from others:
// all events have it. Where rules ask for keywords, no field need be there.
func (p *plan) findTested() {
	p.findLogColumns()
	for _, s := range p.sources {
		slots, keywords := p.slotsTested(s)
		if keywords {
			continue
		}
		for _, slot := range slots {
			columns := p.layout.ColumnsOf(slot)
			isOfLog := func(c int) bool { return p.logColumns[p.layout.ColumnName(c)] }
			known := func(f testedField) bool { return slices.Equal(f.columns, columns) }
			if len(columns) > 0 && !slices.ContainsFunc(columns, isOfLog) && !slices.ContainsFunc(s.tested, known) {
				s.tested = append(s.tested, testedField{p.layout.ColumnName(columns[0]), columns})
			}
		}
		slices.SortFunc(s.tested, func(a, b testedField) int { return strings.Compare(a.name, b.name) })
		s.testedColumns = p.layout.NewColumns()
		for _, f := range s.tested {
			s.testedColumns.Add(f.columns...)
		}
	}
}

// slotsTested gives the slots that rules test on the events of a source, and whether one asks for keywords.
func (p *plan) slotsTested(s *source) (slots []int, keywords bool) {
	for _, i := range s.units {
		if p.units[i].rare != nil {
			continue
		}
		p.units[i].tree.HasAtom(func(n int) bool {
			atom := p.atoms.All()[n]
			keywords = keywords || atom.Slot == document.Every
			for _, slot := range []int{atom.Slot, atom.Other} {
				if slot > document.Every && !slices.Contains(slots, slot) {
					slots = append(slots, slot)
				}
			}
			return false // all atoms are wanted
		})
	}
	return slots, keywords
}

// findLogColumns lists the columns that events of any log source may have, whatever they are about.
func (p *plan) findLogColumns() {
	m := p.opt.Model
	p.logColumns = map[string]bool{m.TableColumn: true}
	for _, names := range [][]string{generalColumns, m.Time, m.ID, schema.OfEveryWindowsEvent()} {
		for _, name := range names {
			p.logColumns[name] = true
		}
	}
	for _, s := range p.sources {
		for _, t := range s.Scope {
			p.logColumns[t.Column] = true
		}
	}
}

// sighted is what a worker has seen of the events of a log source in a file.
type sighted struct {
	events int
	unseen document.Columns // that rules test and no event had
	sample []sampled        // the first events that lacked one, in their order
}

// sampled is an event of which the names of fields are known.
type sampled struct {
	order int
	names []string
}

// mostSampled is of how many events the names of fields are looked at.
const mostSampled = 8

// sight takes down which of the fields that rules test the current event has.
func (m *matcher) sight(in event.Input) {
	for _, si := range m.route.Of {
		s, of := &m.sighted[si], m.p.sources[si]
		if len(of.tested) == 0 {
			continue
		}
		if s.events++; s.events == 1 {
			s.unseen, s.sample = append(s.unseen[:0], of.testedColumns...), s.sample[:0]
		}
		m.doc.Without(s.unseen)
		if len(s.sample) < mostSampled && slices.ContainsFunc(of.tested, m.lacksTested) {
			s.sample = append(s.sample, sampled{in.Order, namesBelow(in.JSON())})
		}
	}
}

// lacksTested tells whether the current event has no such field.
func (m *matcher) lacksTested(f testedField) bool { return !slices.ContainsFunc(f.columns, m.doc.Has) }

// lacks tells whether no event had a field.
func (s *sighted) lacks(f testedField) bool {
	return !slices.ContainsFunc(f.columns, func(c int) bool { return !s.unseen.Has(c) })
}

// join adds what another worker has seen.
func (s *sighted) join(other *sighted) {
	if other.events == 0 {
		return
	}
	if s.events == 0 {
		s.unseen = slices.Clone(other.unseen)
	}
	for i, unseen := range other.unseen {
		s.unseen[i] &= unseen
	}
	s.sample = append(s.sample, other.sample...)
	s.events += other.events
}

// names are those of the fields of the first events, the shortest first.
func (s *sighted) names() (all []string) {
	slices.SortFunc(s.sample, func(a, b sampled) int { return cmp.Compare(a.order, b.order) })
	for _, one := range s.sample[:min(len(s.sample), mostSampled)] {
		all = append(all, one.names...)
	}
	slices.SortFunc(all, shortestFirst)
	return slices.Compact(all)
}

func shortestFirst(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// deepestNames bounds how deep the objects are whose fields are named.
const deepestNames = 4

// namesBelow gives the names of an event's fields as paths, sorted; none if it is not an object of JSON.
func namesBelow(text []byte) (names []string) {
	fields, err := event.Decode(text)
	if err != nil {
		return nil
	}
	var walk func(prefix string, fields map[string]any, depth int)
	walk = func(prefix string, fields map[string]any, depth int) {
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			path := prefix + name
			if len(names) >= mostNames || len(path) > longestName {
				continue
			}
			if below, ok := fields[name].(map[string]any); ok && depth < deepestNames {
				walk(path+".", below, depth+1)
				continue
			}
			names = append(names, path)
		}
	}
	walk("", fields, 1)
	slices.SortFunc(names, shortestFirst)
	return names
}

package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"

	"decree/engine/document"
	"decree/engine/event"
	"decree/rules/diag"
	"decree/rules/schema"
)

// Misnamed says that rules do not see what events of a log source hold: some fields that the rules test are in none of
// its events of a file, and the events have them under other names, or have nothing that the log source is known for.
type Misnamed struct {
	LogSource string // the model's name for it
	Events    int
	File      string // the first
	Files     int
	Blank     bool     // the events have none of the fields that the rules test
	Fields    []string // as the model names them
	Names     []string // of each field in the first of these events; none if they have nothing like them
}

// same tells whether another file has the same fault.
func (n *Misnamed) same(o *Misnamed) bool {
	return n.LogSource == o.LogSource && n.Blank == o.Blank && slices.Equal(n.Fields, o.Fields) && slices.Equal(n.Names, o.Names)
}

// Misnamed gives what rules did not see in the files that Run read, in their order.
func (e *Engine) Misnamed() []Misnamed { return e.misnamed }

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
		var slots []int
		keywords := false
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
				return false
			})
		}
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

// findMisnamed says which fields of a file's events rules did not see. Each worker saw some of the events.
func (e *Engine) findMisnamed(file string) {
	for si, s := range e.sources {
		var all sighted
		for _, m := range append(e.workers, e.main) {
			all.join(&m.sighted[si])
		}
		if all.events == 0 {
			continue
		}
		if found, ok := e.plan.misnamed(s, &all); ok {
			found.File, found.Files = file, 1
			e.addMisnamed(found)
		}
	}
}

// mostFaults bounds how many different faults are kept.
const mostFaults = 1000

func (e *Engine) addMisnamed(found Misnamed) {
	if at := slices.IndexFunc(e.misnamed, func(n Misnamed) bool { return n.same(&found) }); at >= 0 {
		e.misnamed[at].Events += found.Events
		e.misnamed[at].Files++
		return
	}
	if len(e.misnamed) < mostFaults {
		e.misnamed = append(e.misnamed, found)
	}
}

// mostMisnamed bounds the fields that are named of one log source.
const mostMisnamed = 5

// misnamed finds the names under which the first events of a log source have fields that no event has: the same words,
// or where the log source has no such field, a name that the rule may have misspelt. Where events of a known log have
// none of those that rules test, a name may also have words before that of the field, as image below Data has. Where
// nothing is like them, it is a fault only if the source is of one kind of Windows' events, and they have nothing that
// these are known to hold: elsewhere all events of a file may lack what rules test.
func (p *plan) misnamed(s *source, seen *sighted) (found Misnamed, ok bool) {
	unseen := slices.DeleteFunc(slices.Clone(s.tested), func(f testedField) bool { return !seen.lacks(f) })
	names := seen.names()
	if len(unseen) == 0 || len(names) == 0 || !p.tells(s, names) {
		return found, false
	}
	found = Misnamed{LogSource: s.Name, Events: seen.events, Blank: len(unseen) == len(s.tested)}
	others := p.othersIn(s, names)
	for _, f := range unseen {
		name := sameWord(f.name, others, found.Blank && s.Log != "")
		if name == "" {
			name = p.meant(s, f, names)
		}
		if name != "" && len(found.Fields) < mostMisnamed {
			found.Fields, found.Names = append(found.Fields, f.name), append(found.Names, name)
		}
	}
	if len(found.Fields) > 0 {
		return found, true
	}
	if !found.Blank || s.Log == "" || s.Category == "" || s.Category == "*" || p.holdsKnown(s, names) {
		return found, false
	}
	for _, f := range s.tested[:min(len(s.tested), mostMisnamed)] {
		found.Fields = append(found.Fields, f.name)
	}
	return found, true
}

// meant gives the name of an event that a rule may have misspelt in a field that its log source does not have; "" if
// there is none.
func (p *plan) meant(s *source, f testedField, names []string) string {
	if s.Log != "" && p.isOfLog(s, f.name) { // quickly known
		return ""
	}
	near := diag.Misspelt(f.name, names)
	plural := strings.TrimSuffix(near, "s") == strings.TrimSuffix(f.name, "s") // of which a log may have both
	if near == "" || plural || p.isOfLog(s, f.name) || slices.ContainsFunc(s.tested, func(o testedField) bool { return o.name == near }) {
		return ""
	}
	return near
}

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

// othersIn gives those names that are no fields of the log source and not of any log.
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

// sameWord gives the first name that is that of a field but for case, spaces and signs; "" if there is none. With below
// one of the two may also have words before, if there is only one such name: of two, either may be meant.
func sameWord(field string, names []string, below bool) string {
	word, more := words(field), ""
	for _, name := range names {
		parts := words(name)
		if sameLetters(parts, word) {
			return name
		}
		if below && (endsAs(parts, word) || endsAs(word, parts)) {
			if more != "" {
				below = false
			}
			more = name
		}
	}
	if !below {
		return ""
	}
	return more
}

func sameLetters(a, b []string) bool { return strings.Join(a, "") == strings.Join(b, "") }

// endsAs tells whether a name has words before those of another.
func endsAs(name, end []string) bool {
	for from := 1; from < len(name); from++ {
		if sameLetters(name[from:], end) {
			return true
		}
	}
	return false
}

// words splits a name at signs and spaces, in lower case.
func words(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
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

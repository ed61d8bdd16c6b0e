// Package rarity finds how rare a value is: locally, by the number of hosts or users that saw it, and globally, by its
// reputation. In: a prevalence condition, the events of its population, and a reputation table, which may be nil. Out:
// for each value a Figure, which says whether it is rare.
//
// A Population counts a Sighting of each event. Once the input, or a lookback, has ended, it judges all values. What
// must stay true: values compare in lower case, and an empty one does not count. Ties of the rarest are broken by
// value, so that a result is reproducible. A population takes no more memory than it is given.
package rarity

import (
	"strings"
	"time"

	"decree/engine/document"
	"decree/engine/fold"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Population is what a prevalence condition of a rule counts.
type Population struct {
	of      *ir.Prevalence
	rep     schema.Reputation
	sources map[int]sourceSlots // by the caller's number of the log source
	seen    map[string]*sightings
	bytes   int // about what seen takes
	figures map[string]Figure
	told    bool     // the reputation of some value
	untold  []string // asked columns that no value has
}

// sourceSlots are the slots of what is counted, in the events of a log source.
type sourceSlots struct {
	value   document.Whole
	above   *ir.Field      // the ancestor's field that is the value, if the events do not carry it
	who     document.Whole // who saw the value; it may be missing
	columns map[string]int // reputation column -> slot
}

// Event is an event that is counted, or whose value's figure is asked.
type Event interface {
	Document() *document.Document
	Sources() []int                             // all log sources of the event, by their numbers
	Time() (time.Time, bool)                    // when it happened
	Ancestor(f ir.Field) (text string, ok bool) // a field of an ancestor, once all events are known
}

// New makes an empty population for a condition.
func New(n *ir.Prevalence) *Population {
	return &Population{of: n, sources: map[int]sourceSlots{}, seen: map[string]*sightings{}}
}

// Condition is the condition whose population it is.
func (p *Population) Condition() *ir.Prevalence { return p.of }

// AddSource finds the slots of a log source. number is the caller's number for it. known is false if the events have no
// such value; with above it is that of an ancestor, which is known once all events are.
func (p *Population) AddSource(number int, m *schema.Model, s *schema.Source, l *document.Layout) (known, above bool) {
	if len(p.sources) == 0 {
		p.rep = s.Reputation
	}
	slots := sourceSlots{value: l.WholeIn(m.Counted(s, p.of)), columns: map[string]int{}}
	if slots.value.IsMissing() {
		if !m.CountsAbove(s, p.of) {
			return false, false
		}
		f := s.CountedField(p.of)
		slots.above = &f
	}
	if p.of.Spec.Local != nil {
		slots.who = l.WholeIn(m.CountedBy(s, p.of))
	}
	for _, c := range s.Reputation.Columns() {
		slots.columns[c] = l.Slot(schema.Column{Name: s.Reputation.Prefix + c})
	}
	p.sources[number] = slots
	return true, slots.above != nil
}

// Sighting is what one event adds to a population.
type Sighting struct {
	value string
	by    string
	row   Row
}

// Counts tells whether it is known who saw the value.
func (s Sighting) Counts() bool { return s.by != "" }

// Sight reads what an event adds to the population; ok is false if it has no value. source is the log source for which
// it is counted.
func (p *Population) Sight(e Event, source int) (s Sighting, ok bool) {
	value, ok := p.value(e)
	if !ok {
		return Sighting{}, false
	}
	slots, d := p.sources[source], e.Document()
	s = Sighting{value: value, row: Row{}}
	if by, ok := d.Whole(slots.who); ok {
		s.by = fold.Text(by)
	}
	for column, slot := range slots.columns {
		if v, ok := d.First(slot); ok {
			s.row[column] = strings.Clone(v)
		}
	}
	return s, true
}

// value gives the value whose prevalence is asked, in lower case. An empty value does not count.
func (p *Population) value(e Event) (string, bool) {
	for _, source := range e.Sources() {
		slots, ok := p.sources[source]
		if !ok {
			continue
		}
		if slots.above != nil {
			v, ok := e.Ancestor(*slots.above)
			return strings.ToLower(v), ok && v != ""
		}
		v, ok := e.Document().Whole(slots.value)
		return strings.ToLower(v), ok && v != ""
	}
	return "", false
}

// sightings is who saw a value, and its reputation from the first event.
type sightings struct {
	by  map[string]struct{}
	row Row
}

// valueSize and bySize are the memory that a value takes, and each of those who saw it, beside their texts, about.
const (
	valueSize = 300
	bySize    = 48
)

// Count counts a sighting. It returns false if the population would need more than limit bytes.
func (p *Population) Count(s Sighting, limit int) bool {
	seen := p.seen[s.value]
	if seen == nil {
		size := valueSize + len(s.value)
		for column, v := range s.row {
			size += bySize + len(column) + len(v)
		}
		if p.bytes+size > limit {
			return false
		}
		p.bytes += size
		seen = &sightings{by: map[string]struct{}{}, row: s.row}
		p.seen[s.value] = seen
	}
	if _, known := seen.by[s.by]; s.by == "" || known {
		return true
	}
	if p.bytes += bySize + len(s.by); p.bytes > limit {
		return false
	}
	seen.by[s.by] = struct{}{}
	return true
}

// Forget resets the count.
func (p *Population) Forget() {
	clear(p.seen)
	p.bytes = 0
}

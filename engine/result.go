package engine

import (
	"strings"
	"time"

	"decree/engine/condition"
	"decree/engine/correlate"
	"decree/engine/document"
	"decree/engine/event"
	"decree/engine/lineage"
	"decree/engine/rarity"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Result is one rule matching one event.
type Result struct {
	Rule       *ir.Rule
	Event      *event.Event // results of one event share it
	EventID    string
	Facts      []event.Fact // who, where, when and what, as far as the model names them
	Names      []string     // names of the condition that were true
	Ancestors  []lineage.Ancestor
	Prevalence []rarity.Figure
	Reputation map[string]string
	Joins      []Joined          // what the rule's joins found
	Correlated *correlate.Window // of a correlation: what it counted; Event is the one that completed it

	// With Options.Evidence:
	At       time.Time  // of the event; zero if it has no time that can be read
	Log      Log        // where Windows wrote the event
	Evidence []Evidence // what held of the condition, and what the event has; none of a correlation

	like    likeness
	order   int
	rule    *rule
	unit    *unit // that found it; nil of a correlation
	model   *schema.Model
	source  *schema.Source    // of the event
	columns *document.Decoded // reads the event
}

// Order is the event's position among all events of the run, from 0.
func (r Result) Order() int { return r.order }

// fact is what results show under a name: the first of its slots that has a value.
type fact struct {
	name  string
	slots []int
}

// factsOf lists what results show of a source's events. Of a host that its product knows by an id, it is the name if
// the event has one: a person looks for that, and other logs of the host have nothing else.
func (p *plan) factsOf(s *schema.Source) []fact {
	facts := []fact{}
	for _, name := range []string{"host", "user"} {
		c, ok := s.Entities[name]
		if !ok {
			continue
		}
		f := fact{name: name}
		if c.Named != "" {
			f.slots = append(f.slots, p.layout.Slot(schema.Column{Name: c.Named}))
		}
		f.slots = append(f.slots, p.layout.Slot(c))
		facts = append(facts, f)
	}
	for _, name := range []string{"Image", "CommandLine"} {
		if c, ok := p.opt.Model.Column(s, name, 0); ok {
			facts = append(facts, fact{name, []int{p.layout.Slot(c)}})
		}
	}
	return facts
}

// shownSlots are where a field or an entity of a source's events is read that each result shows, the first that is
// there.
func (p *plan) shownSlots(s *schema.Source, field string) (slots []int) {
	columns, _ := p.opt.Model.Whole(s, field, 0)
	for _, c := range append(columns, schema.Column{Name: field}) {
		slots = append(slots, p.layout.Slot(c))
	}
	return slots
}

// namesOf finds the parts of a unit's tree by the names in the rule, and compiles those that only a population uses.
// One that asks for other events is left out: nothing looks for those that the condition does not ask for.
func (p *plan) namesOf(u *unit) []*condition.Term {
	found := u.tree.Names()
	var names []*condition.Term
	for _, n := range u.rule.ir.Names {
		t, ok := found[n.Name]
		if !ok && ir.AsksJoin(n) {
			continue
		}
		if !ok {
			t = p.build(n, p.sources[u.source], &unit{rule: u.rule, source: u.source})
		}
		names = append(names, t)
	}
	return names
}

// result describes the current event's match. It copies everything, since the document's memory is used again.
func (m *matcher) result(u *unit, in event.Input) Result {
	r := Result{order: in.Order, rule: u.rule, unit: u}
	if !m.brief {
		r = m.resultOf(u, in)
	} else if m.p.opt.Evidence && len(u.rule.rare) > 0 {
		r.Evidence = m.evidence(u) // once its event is read again, what is rare may have changed
	}
	r.like = m.likeness(u)
	r.Names = m.trueNames(u)
	for _, p := range u.rule.rare {
		f, ok := m.figure(p)
		if !ok {
			continue
		}
		r.Prevalence = append(r.Prevalence, f)
		if f.Rare {
			if r.Reputation == nil {
				r.Reputation = map[string]string{}
			}
			for k, v := range f.Row {
				r.Reputation[k] = v
			}
		}
	}
	return r
}

// resultOf says what a result does of its event and the processes above it, whatever was found of it.
func (m *matcher) resultOf(u *unit, in event.Input) Result {
	r := Result{Rule: u.rule.ir, Event: m.keep(in), order: in.Order, rule: u.rule, unit: u}
	s := m.p.sources[u.source]
	r.EventID, r.Facts, r.Ancestors = m.id(), m.facts(s), m.ancestors(u, s)
	r.model, r.source, r.columns = m.p.opt.Model, s.Source, m.p.decoded
	r.Joins = m.joinedBy(u)
	if m.p.opt.Evidence {
		r.At, _ = m.time()
		r.Evidence, r.Log = m.evidence(u), Log{m.firstOf(s.channel), m.firstOf(s.code)}
	}
	return r
}

// keep gives the current event, which its results share.
func (m *matcher) keep(in event.Input) *event.Event {
	if m.keptAt != m.gen {
		m.kept, m.keptAt = event.Keep(in), m.gen
	}
	return m.kept
}

// trueNames are the names of the condition that hold, in the rule's order.
func (m *matcher) trueNames(u *unit) []string {
	var names []string
	for _, t := range u.names {
		if m.program.Truth(t) {
			names = append(names, t.Name)
		}
	}
	return names
}

// id is the event's own id, in the column that the model names.
func (m *matcher) id() string {
	for _, slot := range m.p.ids {
		if id, ok := m.doc.First(slot); ok {
			return strings.Clone(id)
		}
	}
	return ""
}

// facts lists what results show of the event.
func (m *matcher) facts(s *source) []event.Fact {
	var facts []event.Fact
	if at, ok := m.time(); ok {
		facts = append(facts, event.Fact{Name: "time", Value: at.Format("2006-01-02T15:04:05.000Z07:00")})
	}
	for _, f := range s.facts {
		if v := m.shown(f); v != "" {
			facts = append(facts, event.Fact{Name: f.name, Value: strings.Clone(v)})
		}
	}
	return facts
}

func (m *matcher) shown(f fact) string {
	for _, slot := range f.slots {
		if v, ok := m.doc.First(slot); ok && v != "" {
			return v
		}
	}
	return ""
}

// firstOf gives the texts of the first of some slots that has any.
func (m *matcher) firstOf(slots []int) string {
	for _, slot := range slots {
		if texts := m.doc.Slot(slot).Texts; len(texts) > 0 {
			return strings.Clone(strings.Join(texts, ", "))
		}
	}
	return ""
}

// ancestors describes the processes above the event's own, as far up as the rule asks.
func (m *matcher) ancestors(u *unit, s *source) []lineage.Ancestor {
	return s.lineage.Ancestors(m.doc, m.above, ir.DeepestAncestor(u.rule.ir.Condition))
}

package engine

import (
	"slices"
	"strings"
	"time"

	"decree/engine/event"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Result is one rule matching one event.
type Result struct {
	Rule       *ir.Rule
	Event      *event.Event
	EventID    string
	Facts      []Fact   // who, where, when and what, as far as the model names them
	Names      []string // names of the condition that were true
	Ancestors  []Ancestor
	Prevalence []PrevalenceFigure
	Reputation map[string]string
	Correlated *Correlated // of a correlation: what it counted; Event is the one that completed it
	order      int
	at         time.Time // of a correlation: the time of the event that completed it
	rule       *rule
}

// Order is the event's place among all that the engine was given, from 0.
func (r Result) Order() int { return r.order }

// Fact is one thing that the event says of itself.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Ancestor is what a result says of a process above the event's own.
type Ancestor struct {
	Level       int    `json:"level"`
	Image       string `json:"image,omitempty"`
	CommandLine string `json:"command_line,omitempty"`
	From        string `json:"from"` // where it was read
}

// Describe writes the ancestor on one line.
func (a Ancestor) Describe() string {
	if a.CommandLine == "" {
		return a.Image
	}
	return a.Image + "  " + a.CommandLine
}

type fact struct {
	name string
	slot int
}

// factsOf lists what results show of a source's events.
func (e *Engine) factsOf(s *schema.Source, out *source) []fact {
	facts := []fact{}
	for _, name := range []string{"host", "user"} {
		if c, ok := s.Entities[name]; ok {
			facts = append(facts, fact{name, e.layout.Slot(c)})
		}
	}
	for _, name := range []string{"Image", "CommandLine"} {
		if c, ok := e.opt.Model.Column(s, name, 0); ok {
			facts = append(facts, fact{name, e.layout.Slot(c)})
		}
		// what results show of ancestors that the event carries
		for level := 1; level <= 2; level++ {
			if c, ok := e.opt.Model.Column(s, name, level); ok {
				out.shown[ir.Field{Name: name, Level: level}] = e.layout.Slot(c)
			}
		}
	}
	return facts
}

// namesOf finds the parts of a unit's tree under the author's names, and compiles those that
// only a population uses.
func (e *Engine) namesOf(u *unit) []*term {
	found := map[string]*term{}
	var walk func(*term)
	walk = func(t *term) {
		if t.op == opNamed {
			found[t.name] = t
		}
		for _, inner := range t.terms {
			walk(inner)
		}
	}
	walk(u.tree)
	var names []*term
	for _, n := range u.rule.ir.Names {
		t, ok := found[n.Name]
		if !ok {
			t = e.build(n, e.sources[u.source], &unit{rule: u.rule, source: u.source})
		}
		names = append(names, t)
	}
	return names
}

// result describes the current event's match. All of it is copied: the document is read over.
func (m *matcher) result(u *unit, source string, line, order int, data []byte) (Result, error) {
	fields, err := event.Decode(data)
	if err != nil {
		return Result{}, err
	}
	r := Result{Rule: u.rule.ir, Event: &event.Event{Source: source, Line: line, Fields: fields, Raw: slices.Clone(data)}, order: order, rule: u.rule}
	s := m.e.sources[u.source]
	r.EventID, r.Facts, r.Ancestors = m.id(), m.facts(s), m.ancestors(u, s)
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
			for k, v := range f.row {
				r.Reputation[k] = v
			}
		}
	}
	return r, nil
}

// trueNames are the names of the condition that hold, in the rule's order.
func (m *matcher) trueNames(u *unit) []string {
	var names []string
	for _, t := range u.names {
		if m.truth(t) {
			names = append(names, t.name)
		}
	}
	return names
}

// id is the event's own, as the model names it.
func (m *matcher) id() string {
	for _, slot := range m.e.ids {
		if id, ok := m.doc.First(slot); ok {
			return strings.Clone(id)
		}
	}
	return ""
}

// facts lists what results show of the event.
func (m *matcher) facts(s *source) []Fact {
	var facts []Fact
	if at, ok := m.time(); ok {
		facts = append(facts, Fact{"time", at.Format("2006-01-02T15:04:05.000Z07:00")})
	}
	for _, f := range s.facts {
		if v, ok := m.doc.First(f.slot); ok && v != "" {
			facts = append(facts, Fact{f.name, strings.Clone(v)})
		}
	}
	return facts
}

// ancestors describes the processes above the event's own, as far up as the rule asks.
func (m *matcher) ancestors(u *unit, s *source) []Ancestor {
	deepest := 0
	ir.Inspect(u.rule.ir.Condition, func(n ir.Node) bool {
		if leaf, ok := n.(*ir.Match); ok {
			deepest = max(deepest, leaf.Field.Level)
		}
		return true
	})
	var out []Ancestor
	for level := 1; level <= deepest; level++ {
		if a := m.describe(s, level); a.Image != "" || a.CommandLine != "" {
			out = append(out, a)
		}
	}
	return out
}

// describe says what is known of an ancestor, from the event itself before the tree.
func (m *matcher) describe(s *source, level int) Ancestor {
	a := Ancestor{Level: level}
	for _, part := range []struct {
		name string
		to   *string
	}{{"Image", &a.Image}, {"CommandLine", &a.CommandLine}} {
		f := ir.Field{Name: part.name, Level: level}
		if slot, ok := s.shown[f]; ok {
			if v, ok := m.doc.First(slot); ok && v != "" {
				*part.to, a.From = strings.Clone(v), "the event itself"
				continue
			}
		}
		if m.late == nil || m.late.self == nil {
			continue
		}
		if v, from, ok := m.late.tree.attribute(m.late.self, f); ok {
			*part.to = v
			if a.From == "" {
				a.From = from
			}
		}
	}
	return a
}

// Package match decides predicates on events. In: the tests of all rules, numbered as atoms, and a document that has
// read an event. Out: whether an atom holds, and the atoms of a slot that one pass over its texts finds.
//
// Literal texts that make rules candidates are found for all rules at once, at the ends of a text or by a few bytes of
// them. Every other test is asked only when a program needs it, and only if a literal that it requires was found. What
// must stay true: an atom is decided at most once an event and as its test says, whatever came before. Deciding atoms
// allocates nothing. An expression that backtracks has a budget of steps.
package match

import (
	"slices"

	"decree/engine/backtrack"
	"decree/engine/dfa"
	"decree/engine/document"
	"decree/engine/fold"
	"decree/rules/ir"
)

// Ancestors reads a field of a process above the current event's own.
type Ancestors func(ir.Field) (texts []string, present bool)

// Matcher decides atoms on one event at a time. Each worker has its own, and shares nothing in it. What is known of an
// event is marked with the event's number, so that nothing needs to be cleared for the next.
type Matcher struct {
	Usage Usage // of the rule that is being asked

	atoms     *Atoms
	doc       *document.Document
	ancestors Ancestors
	gen       uint32       // number of the event
	is        []state      // atom -> what is known of it
	first     []*search    // slot -> for its atoms that make rules candidates
	later     []*search    // slot -> for its other atoms that an index decides; the same search, once both are joined
	folds     []foldedSlot // slot -> its texts folded, where some test asks for that

	machines []*dfa.Machine // of fast expressions, once they are asked
	finders  []*dfa.Finder  // of fast expressions, once it is asked where one matches
	pool     dfa.Pool

	backtracker backtrack.Machine
	took        []exprUsage // backtracking atom -> what its expression took
}

// state is what is known of an atom: the numbers of events.
type state struct {
	held  uint32 // on which it is known to hold
	asked uint32 // on which it was asked
}

// NewMatcher makes a matcher for the events that a document reads. The atoms must be finished.
func (a *Atoms) NewMatcher(d *document.Document, ancestors Ancestors) *Matcher {
	slots, atoms := a.layout.Slots(), len(a.list)
	m := &Matcher{
		atoms: a, doc: d, ancestors: ancestors,
		is:    make([]state, atoms),
		first: make([]*search, slots), later: make([]*search, slots), folds: make([]foldedSlot, slots),
		machines: make([]*dfa.Machine, a.fast), finders: make([]*dfa.Finder, a.fast), took: make([]exprUsage, a.slow),
	}
	work, searches := &scratch{}, make([]search, 2*slots)
	for i := range slots {
		m.first[i], m.later[i] = &searches[2*i], &searches[2*i+1]
		*m.first[i], *m.later[i] = a.first[i].newSearch(work), a.later[i].newSearch(work)
	}
	return m
}

// Next begins the event that the document has loaded.
func (m *Matcher) Next() { m.gen++ }

// Ask begins another rule: the usage of its expressions starts at zero.
func (m *Matcher) Ask() { m.Usage = Usage{asking: m.Usage.asking + 1} }

// Holds tells whether an atom holds on the current event.
func (m *Matcher) Holds(i int) bool {
	w, is := &m.atoms.ways[i], &m.is[i]
	switch {
	case w.by == byFirst:
		m.search(int(w.slot), m.first[w.slot])
		return is.held == m.gen
	case w.by == byLater && m.together(w, is):
		m.searchLater(int(w.slot))
		return is.held == m.gen
	case w.slow:
		return m.backtracking(i, w, is)
	}
	m.decide(i, w, is)
	return is.held == m.gen
}

// decide asks an atom's test, once an event, if what it requires was found.
func (m *Matcher) decide(i int, w *way, is *state) {
	if is.asked == m.gen {
		return
	}
	is.asked = m.gen
	if (w.pre < 0 || m.Holds(int(w.pre))) && m.test(m.atoms.list[i]) {
		is.held = m.gen
	}
}

// mostAlone is how many values of a slot are compared one by one in an event, before all are searched for together.
const mostAlone = 4

// together tells whether an atom is searched for together with the others of its slot.
func (m *Matcher) together(w *way, is *state) bool {
	s := m.later[w.slot]
	if s.event == m.gen || is.asked == m.gen {
		return s.event == m.gen
	}
	if s.counted != m.gen {
		s.counted, s.alone = m.gen, 0
	}
	s.alone += max(1, int(w.values))
	return s.alone > mostAlone
}

// test asks an atom's test.
func (m *Matcher) test(a *Atom) bool {
	if a.Ancestor {
		return m.ofAncestor(a)
	}
	if t, ok := a.Test.(*ir.Elements); ok {
		return elements(t, a.program.body, m.doc.Elements(a.Slot), m.atoms.layout.EmptyIsMissing(a.Slot))
	}
	texts, present := m.askedOf(a)
	switch t := a.Test.(type) {
	case *ir.Null:
		return !present
	case *ir.Exists:
		return present == t.Value
	case *ir.FieldRef:
		return compareFields(t, texts, m.doc.Slot(a.Other).Texts)
	case *ir.Text:
		if !present && t.Op == ir.Equals && a.Slot != document.Every && m.atoms.layout.EmptyIsMissing(a.Slot) && slices.Contains(t.Values, "") {
			return true
		}
	}
	return m.any(a.program, m.askedIn(a, texts))
}

// askedOf gives the texts of the event that an atom's test is asked of, and whether there is such a field.
func (m *Matcher) askedOf(a *Atom) (texts []string, present bool) {
	if a.Slot == document.Every {
		return m.doc.All(), true
	}
	v := m.doc.Slot(a.Slot)
	return v.Texts, v.Present
}

// ofAncestor asks a test of an ancestor's field. An unknown ancestor has no field.
func (m *Matcher) ofAncestor(a *Atom) bool {
	texts, present := m.ancestors(a.Field)
	switch t := a.Test.(type) {
	case *ir.Null:
		return !present
	case *ir.Exists:
		return present == t.Value
	case *ir.FieldRef:
		others, _ := m.ancestors(t.Other)
		return compareFields(t, texts, others)
	}
	return m.any(a.program, m.askedIn(a, texts))
}

// foldedEach folds texts.
func foldedEach(texts []string) []string {
	folded := make([]string, len(texts))
	for i, t := range texts {
		folded[i] = fold.Text(t)
	}
	return folded
}

// foldedTexts gives a slot's texts folded. They are folded at most once an event.
func (m *Matcher) foldedTexts(slot int, texts []string) []string {
	f := &m.folds[slot]
	if f.gen == m.gen {
		return f.texts
	}
	f.gen, f.texts = m.gen, f.texts[:0]
	f.arena.Reset()
	for _, t := range texts {
		if m.doc.ASCII() {
			t = f.arena.ASCII(t)
		} else {
			t = fold.Text(t)
		}
		f.texts = append(f.texts, t)
	}
	return f.texts
}

// foldedSlot is a slot's texts folded, in memory that is used again for the next event.
type foldedSlot struct {
	gen   uint32
	texts []string
	arena fold.Arena
}

// any asks a test of several texts.
func (m *Matcher) any(p *predicate, texts []string) bool {
	switch {
	case p.slow != nil:
		return m.backtracks(p, texts)
	case p.fast != nil:
		machine := m.machine(p)
		for _, t := range texts {
			if p.name {
				t = lastPart(t)
			}
			if machine.Match(t) {
				return true
			}
		}
		return false
	}
	for _, t := range texts {
		if p.holds(t) {
			return true
		}
	}
	return false
}

// machine gives the automaton of an expression.
func (m *Matcher) machine(p *predicate) *dfa.Machine {
	if m.machines[p.number] == nil {
		m.machines[p.number] = p.fast.NewMachine(&m.pool)
	}
	return m.machines[p.number]
}

// finder gives the automaton that finds where an expression matches.
func (m *Matcher) finder(p *predicate) *dfa.Finder {
	if m.finders[p.number] == nil {
		m.finders[p.number] = p.fast.NewFinder(&m.pool)
	}
	return m.finders[p.number]
}

func compareFields(ref *ir.FieldRef, values, others []string) bool {
	for _, v := range values {
		for _, o := range others {
			if compareText(ref.Op, folded(v, ref.Cased), folded(o, ref.Cased)) {
				return true
			}
		}
	}
	return false
}

package engine

import (
	"slices"
	"strconv"
)

// candidates lists the units that may match, in rule order.
func (m *matcher) candidates() []int {
	m.list, m.listing = m.list[:0], true
	for _, si := range m.of {
		s := m.e.sources[si]
		for _, u := range s.always {
			m.choose(u)
		}
		for _, slot := range s.slots {
			m.scan(slot)
		}
	}
	m.listing = false
	slices.Sort(m.list)
	return m.list
}

func (m *matcher) choose(u int) {
	unit := m.e.units[u]
	if m.chosen[u] == m.gen || m.applies[unit.source] != m.gen {
		return
	}
	m.chosen[u] = m.gen
	for _, s := range unit.earlier {
		if m.applies[s] == m.gen {
			return
		}
	}
	m.list = append(m.list, u)
}

// scan finds the atoms of a slot that its texts decide at once, and the units they call for.
func (m *matcher) scan(slot int) {
	if m.scanned[slot] == m.gen {
		return
	}
	m.scanned[slot] = m.gen
	for _, a := range m.hitsOf(slot) {
		if m.hit[a] == m.gen {
			continue
		}
		m.hit[a] = m.gen
		if m.listing && int(a) < len(m.e.triggers) {
			for _, u := range m.e.triggers[a] {
				m.choose(u)
			}
		}
	}
}

// lastHits are the atoms of a slot's value since an event; of an event 0 there is none.
type lastHits struct {
	since uint32
	atoms []int32
}

// hitsOf gives the atoms that a slot's texts satisfy; one may come several times.
func (m *matcher) hitsOf(slot int) []int32 {
	s := m.e.table.slots[slot]
	m.hits = m.hits[:0]
	if slot == everySlot {
		for _, t := range m.doc.every {
			m.readRecent(slot, s, t)
		}
		return m.hits
	}
	v := m.slot(slot)
	last := &m.last[slot]
	if v.since != 0 && v.since == last.since {
		return last.atoms
	}
	for _, t := range v.texts {
		m.readRecent(slot, s, t)
	}
	if v.since != 0 {
		last.since, last.atoms = v.since, append(last.atoms[:0], m.hits...)
	}
	return m.hits
}

// readRecent is read for a text that may be one of those that came before.
func (m *matcher) readRecent(slot int, s *slot, t string) {
	if len(t) < shortestRecent || len(t) > longestRecent {
		m.read(slot, s, t)
		return
	}
	at, known := m.recent[slot].of(t)
	if known {
		m.hits = append(m.hits, at.hits...)
		return
	}
	before := len(m.hits)
	m.read(slot, s, t)
	at.keep(t, m.hits[before:])
}

// read appends the atoms that a text of a slot satisfies to the hits.
func (m *matcher) read(number int, s *slot, t string) {
	l := s.literals
	if (l.machine != nil || l.grams != nil) && !m.doc.ascii() {
		t = fold(t)
	}
	if l.machine != nil {
		if len(t) > longestRecent && len(t) <= longestResumed {
			m.hits = l.machine.scanResumed(t, &m.resumed[number], m.hits)
		} else {
			m.hits = l.machine.scan(t, m.hits)
		}
	}
	for _, g := range l.grams {
		m.hits = g.scan(t, m.hits)
	}
	if s.numbers != nil {
		if n, err := strconv.ParseFloat(t, 64); err == nil {
			m.hits = append(m.hits, s.numbers[n]...)
		}
	}
}

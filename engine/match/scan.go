package match

import (
	"strconv"

	"decree/engine/document"
	"decree/engine/fold"
)

// Scan finds the indexed atoms of a slot that hold. It lists them, some perhaps twice, the first time in an event; after that it lists none.
func (m *Matcher) Scan(slot int) []int32 {
	if m.scanned[slot] == m.gen {
		return nil
	}
	m.scanned[slot] = m.gen
	hits := m.hitsOf(slot)
	for _, a := range hits {
		m.hit[a] = m.gen
	}
	return hits
}

// lastHits are the atoms of the value that a slot has had since an event; 0 is no event.
type lastHits struct {
	since uint32
	atoms []int32
}

// hitsOf lists the indexed atoms that hold of a slot's texts, some perhaps twice.
func (m *Matcher) hitsOf(slot int) []int32 {
	s := &m.atoms.indexes[slot]
	m.hits = m.hits[:0]
	if slot == document.Every {
		for _, t := range m.doc.All() {
			m.readCached(slot, s, t)
		}
		return m.hits
	}
	v := m.doc.Slot(slot)
	last := &m.last[slot]
	if v.Since != 0 && v.Since == last.since {
		return last.atoms
	}
	for _, t := range v.Texts {
		m.readCached(slot, s, t)
	}
	if v.Since != 0 {
		last.since, last.atoms = v.Since, append(last.atoms[:0], m.hits...)
	}
	return m.hits
}

// readCached is read for a text that may have come before.
func (m *Matcher) readCached(slot int, s *index, t string) {
	if len(t) < shortestCached || len(t) > longestCached {
		m.read(slot, s, t)
		return
	}
	at, known := m.cached[slot].of(t)
	if known {
		m.hits = append(m.hits, at.hits...)
		return
	}
	before := len(m.hits)
	m.read(slot, s, t)
	at.keep(t, m.hits[before:])
}

// read appends the indexed atoms that hold of a text to the hits.
func (m *Matcher) read(slot int, s *index, t string) {
	l := s.literals
	if (l.machine != nil || l.grams != nil) && !m.doc.ASCII() {
		t = fold.Text(t)
	}
	if l.machine != nil {
		if len(t) > longestCached && len(t) <= longestLast {
			m.hits = l.machine.scanFrom(t, &m.texts[slot], m.hits)
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

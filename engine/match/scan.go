package match

import (
	"strconv"

	"decree/engine/document"
	"decree/engine/fold"
)

// Scan finds the atoms of a slot that its texts decide at once. It gives those that hold, some perhaps more than once, the first time that
// it is asked of an event; after that it gives none.
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

// lastHits are the atoms of a slot's value since an event; of an event 0 there is none.
type lastHits struct {
	since uint32
	atoms []int32
}

// hitsOf gives the atoms that a slot's texts satisfy; one may come several times.
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

// readCached is read for a text that may be one of those that came before.
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

// read appends the atoms that a text of a slot satisfies to the hits.
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

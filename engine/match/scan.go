package match

import (
	"strconv"

	"decree/engine/document"
	"decree/engine/fold"
)

// Scan finds the atoms of a slot that make rules candidates and hold. It lists them, some perhaps twice, the first time
// in an event; after that it lists none.
func (m *Matcher) Scan(slot int) []int32 {
	s := m.first[slot]
	if s.event == m.gen {
		return nil
	}
	m.search(slot, s)
	return s.hits
}

// search searches a slot's texts, once an event, and marks the atoms that hold.
func (m *Matcher) search(slot int, s *search) {
	if s.event != m.gen {
		m.searchNow(slot, s)
	}
}

func (m *Matcher) searchNow(slot int, s *search) {
	s.event = m.gen
	s.times++
	if slot == document.Every {
		s.begin(len(m.doc.All()))
		for _, t := range m.doc.All() {
			m.read(s, t)
		}
	} else if v := m.doc.Slot(slot); v.Version == 0 || v.Version != s.version {
		s.begin(len(v.Texts))
		for _, t := range v.Texts {
			m.read(s, t)
		}
		s.version = v.Version
	}
	for _, a := range s.hits {
		m.is[a].held = m.gen
	}
}

// read finds the atoms that hold of a text.
func (m *Matcher) read(s *search, t string) {
	if s.wide && !m.doc.ASCII() {
		t = fold.Text(t)
	}
	s.text(t)
	if s.numbers != nil {
		if n, err := strconv.ParseFloat(t, 64); err == nil {
			s.hits = append(s.hits, s.numbers[n]...)
		}
	}
}

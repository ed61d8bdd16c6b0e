package engine

import "slices"

// candidates lists the units that may match the event, in the order of rules.
func (m *matcher) candidates() []int {
	m.list = m.list[:0]
	for _, si := range m.route.Of {
		s := m.p.sources[si]
		for _, u := range s.always {
			m.choose(u)
		}
		for _, slot := range s.slots {
			m.scan(slot)
		}
	}
	slices.Sort(m.list)
	return m.list
}

func (m *matcher) choose(u int) {
	if m.chosen[u] == m.gen {
		return
	}
	m.chosen[u] = m.gen
	m.list = append(m.list, u)
}

// scan finds the atoms of a slot in one pass over its texts, and chooses the units that those atoms trigger.
func (m *matcher) scan(slot int) {
	for _, a := range m.atoms.Scan(slot) {
		if int(a) < len(m.p.triggers) {
			for _, t := range m.p.triggers[a] {
				if m.route.Is(int(t.source)) {
					m.choose(int(t.unit))
				}
			}
		}
	}
}

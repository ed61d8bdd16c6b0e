package match

import (
	"maps"
	"slices"
	"sync"
)

// joined is the index of all literal atoms of a slot: of those that make rules candidates, and of the others. It is
// made when events show that nearly all texts are searched for both, as one pass costs less than two.
type joined struct {
	once sync.Once
	index
}

// When both indexes of a slot were searched in so many events, and in three quarters of those in which the first was,
// they are joined.
const leastBoth = 256

// join makes one index of both.
func (j *joined) join(first, later *index) {
	j.literals = newLiterals(slices.Concat(first.literals.patterns, later.literals.patterns))
	j.numbers = maps.Clone(first.numbers)
	for n, atoms := range later.numbers {
		if j.numbers == nil {
			j.numbers = map[float64][]int32{}
		}
		j.numbers[n] = slices.Concat(j.numbers[n], atoms)
	}
}

// searchLater searches for the atoms of a slot that make no rules candidates. From when this pays, they are searched
// for together with those that do.
func (m *Matcher) searchLater(slot int) {
	first, later := m.first[slot], m.later[slot]
	if later.event == m.gen {
		return
	}
	m.searchNow(slot, later)
	if first.event != m.gen {
		return
	}
	later.both++
	if later.both < leastBoth || later.both < first.times/4*3 {
		return
	}
	j := &m.atoms.joined[slot]
	j.once.Do(func() { j.join(&m.atoms.first[slot], &m.atoms.later[slot]) })
	both := j.newSearch(first.work)
	both.event = m.gen // both have been searched in this event
	m.first[slot], m.later[slot] = &both, &both
}

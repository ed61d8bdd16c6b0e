package tuning

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"decree/engine/fold"
)

// shape is the matches that have the same values in every field that a filter may test.
type shape struct {
	matches []*Match
	texts   map[string][]string
	folded  map[string][]string
}

// search looks for the selections of one filter.
type search struct {
	fields    *fields
	good, bad []*shape
	tests     []*test
	known     map[string]*test // what a test holds for -> the cheapest such test
}

// mostTests limits the tests of a selection that the search builds.
const mostTests = 5

// mostBegun limits the tests that selections are begun with in one step of the search.
const mostBegun = 300

func newSearch(good, bad []*Match, f *fields) *search {
	s := &search{fields: f, known: map[string]*test{}}
	s.good, s.bad = s.shapes(good), s.shapes(bad)
	s.propose()
	for _, key := range slices.Sorted(maps.Keys(s.known)) {
		s.tests = append(s.tests, s.known[key])
	}
	return s
}

// shapes joins the matches that no filter can tell apart. Values that are the same in two fields count in one of them.
func (s *search) shapes(matches []*Match) []*shape {
	var out []*shape
	by := map[string]*shape{}
	for _, m := range matches {
		sh := &shape{texts: map[string][]string{}, folded: map[string][]string{}}
		var key strings.Builder
		for _, name := range slices.Sorted(maps.Keys(m.texts)) {
			if s.fields.usable(name) == unreadable {
				continue
			}
			sh.texts[name] = m.texts[name]
			for _, v := range m.texts[name] {
				sh.folded[name] = append(sh.folded[name], fold.Text(v))
			}
			fmt.Fprintf(&key, "%q%q", name, sh.folded[name])
		}
		if by[key.String()] == nil {
			by[key.String()] = sh
			out = append(out, sh)
		}
		by[key.String()].matches = append(by[key.String()].matches, m)
	}
	return out
}

// twin gives a match that must alert and is like the shape in every field that people can read.
func (s *search) twin(sh *shape) *Match {
	for _, b := range s.bad {
		alike := len(b.folded) == len(sh.folded)
		for name, values := range sh.folded {
			alike = alike && (slices.Equal(values, b.folded[name]) || s.fields.usable(name) == digest)
		}
		if alike {
			return b.matches[0]
		}
	}
	return nil
}

// consider keeps a test if it is the cheapest of those that hold for the same shapes.
func (s *search) consider(t *test) {
	t.good, t.bad = newBits(len(s.good)), newBits(len(s.bad))
	for i, sh := range s.good {
		if t.holds(sh.folded[t.field]) {
			t.good.add(i)
		}
	}
	for i, sh := range s.bad {
		if t.holds(sh.folded[t.field]) {
			t.bad.add(i)
		}
	}
	if t.good.empty() || t.bad.count() == len(s.bad) {
		return // it tells nothing apart
	}
	key := fmt.Sprintf("%x %x %t", t.good, t.bad, everywhere(t))
	if other := s.known[key]; other == nil || t.before(other) {
		s.known[key] = t
	}
}

// before tells whether a test is preferred to another that holds for the same shapes: the cheaper, then the narrower.
func (t *test) before(other *test) bool {
	switch {
	case t.cost != other.cost:
		return t.cost < other.cost
	case t.key() == other.key() && len(t.texts[0]) != len(other.texts[0]):
		return len(t.texts[0]) > len(other.texts[0])
	case t.key() == other.key():
		return t.texts[0] < other.texts[0]
	}
	return t.key() < other.key()
}

// round says which tests a step of the search may use, and with which a selection must begin.
type round struct{ begins, may func(*test) bool }

// rounds are tried in turn, for what the ones before did not exclude: tests that say what happened, then others, then
// hosts, then fields that not every target has, then digests.
var rounds = []round{
	{saysWhat, everywhere},
	{anything, everywhere},
	{anything, func(t *test) bool { return !t.absent && t.class != digest }},
	{anything, func(t *test) bool { return t.class != digest }},
	{anything, anything},
}

func anything(*test) bool { return true }

// everywhere tells whether a test means the same in every target and on every host.
func everywhere(t *test) bool { return !t.absent && t.class != place && t.class != digest }

// saysWhat tells whether a test says what happened, or who did it.
func saysWhat(t *test) bool { return t.class == telling || t.class == account }

// cover chooses selections until every shape is excluded that can be.
func (s *search) cover() []selection {
	left := newBits(len(s.good))
	for i := range s.good {
		left.add(i)
	}
	var chosen []selection
	for _, r := range rounds {
		for !left.empty() {
			sel, ok := s.best(left, chosen, r)
			if !ok {
				break
			}
			chosen = append(chosen, sel)
			left = left.without(sel.good)
		}
		for i := range s.good {
			if left.has(i) {
				if sel, ok := s.narrowest(i, r); ok {
					chosen = append(chosen, sel)
					left = left.without(sel.good)
				}
			}
		}
	}
	return s.prune(chosen)
}

// best gives the selection that excludes the most for its cost.
func (s *search) best(left set, chosen []selection, r round) (best selection, ok bool) {
	var begun []*test
	for _, t := range s.tests {
		if r.begins(t) && r.may(t) && t.good.both(left) > 0 {
			begun = append(begun, t)
		}
	}
	worth := func(t *test) float64 { return float64(t.good.both(left)) / t.cost }
	slices.SortStableFunc(begun, func(a, b *test) int { return compare(worth(b), worth(a)) })
	top := 0.0
	for _, t := range begun[:min(len(begun), mostBegun)] {
		sel, ok := s.extend(t, left, r)
		if !ok {
			continue
		}
		value := float64(sel.good.both(left)) / sel.cost(chosen)
		if value > top {
			best, top = sel, value
		}
	}
	return best, top > 0
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// extend adds tests to a first one until no event that must alert satisfies all.
func (s *search) extend(first *test, left set, r round) (selection, bool) {
	sel := selection{[]*test{first}, first.good}
	bad := first.bad
	for !bad.empty() {
		var next *test
		top := 0.0
		for _, t := range s.tests {
			removed := bad.count() - bad.both(t.bad)
			kept := sel.good.and(left).both(t.good)
			if removed == 0 || kept == 0 || !r.may(t) || !sel.admits(t) {
				continue
			}
			if value := float64(kept) * float64(removed) / t.cost; value > top {
				next, top = t, value
			}
		}
		if next == nil || len(sel.tests) == mostTests {
			return sel, false
		}
		sel.tests, sel.good, bad = append(sel.tests, next), sel.good.and(next.good), bad.and(next.bad)
	}
	return sel, true
}

// narrowest is a selection for one shape: all tests that it satisfies, without those that are not needed.
func (s *search) narrowest(i int, r round) (selection, bool) {
	var sel selection
	narrow := slices.Clone(s.tests)
	slices.SortStableFunc(narrow, func(a, b *test) int { return a.bad.count() - b.bad.count() })
	for _, t := range narrow {
		if t.good.has(i) && r.may(t) && sel.admits(t) {
			sel.tests = append(sel.tests, t)
		}
	}
	if !slices.ContainsFunc(sel.tests, r.begins) || !s.excludesNoBad(sel.tests) {
		return sel, false
	}
	sel.tests = s.needed(sel.tests)
	sel.good = s.goodOf(sel.tests)
	return sel, slices.ContainsFunc(sel.tests, r.begins)
}

func (s *search) excludesNoBad(tests []*test) bool {
	return inAll(len(s.bad), tests, func(t *test) set { return t.bad }).empty()
}

func (s *search) goodOf(tests []*test) set {
	return inAll(len(s.good), tests, func(t *test) set { return t.good })
}

// inAll gives which of n events are in the set of every test.
func inAll(n int, tests []*test, of func(*test) set) set {
	all := newBits(n)
	for i := range n {
		all.add(i)
	}
	for _, t := range tests {
		all = all.and(of(t))
	}
	return all
}

// needed drops tests without which the others still hold for no event that must alert, the dearest first.
func (s *search) needed(tests []*test) []*test {
	byCost := slices.Clone(tests)
	slices.SortStableFunc(byCost, func(a, b *test) int { return compare(b.cost, a.cost) })
	kept := slices.Clone(tests)
	for _, t := range byCost {
		rest := slices.DeleteFunc(slices.Clone(kept), func(o *test) bool { return o == t })
		if len(rest) > 0 && s.excludesNoBad(rest) {
			kept = rest
		}
	}
	return kept
}

// prune drops selections and tests that are not needed, and joins selections that differ in the texts of one test.
func (s *search) prune(chosen []selection) []selection {
	for i := range chosen {
		tests := s.needed(chosen[i].tests)
		if slices.ContainsFunc(tests, saysWhat) || !slices.ContainsFunc(chosen[i].tests, saysWhat) {
			chosen[i] = selection{tests, s.goodOf(tests)}
		}
	}
	for i := len(chosen) - 1; i >= 0; i-- {
		rest := newBits(len(s.good))
		for j, sel := range chosen {
			if j != i {
				rest.or(sel.good)
			}
		}
		if chosen[i].good.without(rest).empty() {
			chosen = slices.Delete(chosen, i, i+1)
		}
	}
	return s.join(chosen)
}

// join makes one selection of two that differ in the texts of one test.
func (s *search) join(chosen []selection) []selection {
	for i := 0; i < len(chosen); i++ {
		for j := i + 1; j < len(chosen); j++ {
			at := differAt(chosen[i], chosen[j])
			if at < 0 {
				continue
			}
			a, b := chosen[i].tests[at], chosen[j].with(chosen[i].tests[at].key())
			both := *a
			both.texts = union(a.texts, b.texts)
			if len(both.texts) > maxListed {
				continue
			}
			both.good, both.bad = slices.Clone(a.good), slices.Clone(a.bad)
			both.good.or(b.good)
			both.bad.or(b.bad)
			tests := slices.Clone(chosen[i].tests)
			tests[at] = &both
			chosen[i] = selection{tests, s.goodOf(tests)}
			chosen = slices.Delete(chosen, j, j+1)
			j = i
		}
	}
	return chosen
}

// union joins texts without duplicates.
func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, text := range b {
		if !slices.ContainsFunc(out, func(o string) bool { return fold.Text(o) == fold.Text(text) }) {
			out = append(out, text)
		}
	}
	return out
}

package tuning

import "slices"

// selection is tests that must all hold. It holds for no event that must alert.
type selection struct {
	tests []*test
	good  set
}

// admits tells whether a test can be written beside those of the selection: a key is written once, and only parts of a
// value can be asked together.
func (sel selection) admits(t *test) bool {
	other := sel.with(t.key())
	return other == nil || t.modifier == "contains" && len(t.texts) == 1 && len(other.texts) == 1
}

// cost of a selection. One that only adds texts to a chosen one is cheap.
func (sel selection) cost(chosen []selection) float64 {
	sum := 0.0
	for _, t := range sel.tests {
		sum += t.cost
	}
	for _, other := range chosen {
		if differAt(sel, other) >= 0 {
			return sum / 2
		}
	}
	return sum
}

// with gives the test with a key, or nil.
func (sel selection) with(key string) *test {
	for _, t := range sel.tests {
		if t.key() == key {
			return t
		}
	}
	return nil
}

// differAt gives the index of the only test of a in which b differs, or -1. Both must have the same keys.
func differAt(a, b selection) int {
	if len(a.tests) != len(b.tests) || a.repeats() || b.repeats() {
		return -1
	}
	at := -1
	for i, t := range a.tests {
		other := b.with(t.key())
		switch {
		case other == nil || other.pattern != t.pattern:
			return -1
		case slices.Equal(t.texts, other.texts):
		case at >= 0:
			return -1
		default:
			at = i
		}
	}
	return at
}

// repeats tells whether two tests of the selection have the same key.
func (sel selection) repeats() bool {
	return slices.ContainsFunc(sel.tests, func(t *test) bool { return sel.with(t.key()) != t })
}

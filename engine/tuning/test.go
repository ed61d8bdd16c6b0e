package tuning

import (
	"slices"
	"strings"

	"decree/engine/fold"
)

// test is one test of a filter: a field, how it compares, and the texts.
type test struct {
	field    string
	modifier string   // "", startswith, endswith or contains; "" compares the whole value
	texts    []string // as events have them; an asterisk in a pattern is any text
	pattern  bool     // the texts have wildcards
	class    class
	absent   bool // the products of some dialect lack the field
	cost     float64
	good     set // shapes that satisfy it
	bad      set
}

// key tells tests apart that could be one test with more texts.
func (t *test) key() string {
	if t.modifier == "" {
		return t.field
	}
	return t.field + "|" + t.modifier
}

// holds tells whether one of an event's folded values satisfies the test, as the engine would say.
func (t *test) holds(values []string) bool {
	for _, text := range t.texts {
		text = fold.Text(text)
		if slices.ContainsFunc(values, func(v string) bool { return t.compares(v, text) }) {
			return true
		}
	}
	return false
}

func (t *test) compares(value, text string) bool {
	switch {
	case t.pattern:
		return like(value, strings.Split(text, "*"))
	case t.modifier == "startswith":
		return strings.HasPrefix(value, text)
	case t.modifier == "endswith":
		return strings.HasSuffix(value, text)
	case t.modifier == "contains":
		return strings.Contains(value, text)
	}
	return value == text
}

// like tells whether a value is the parts in order, with any text between two.
func like(value string, parts []string) bool {
	value, ok := strings.CutPrefix(value, parts[0])
	if !ok {
		return false
	}
	last := parts[len(parts)-1]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(value, p)
		if i < 0 {
			return false
		}
		value = value[i+len(p):]
	}
	return strings.HasSuffix(value, last)
}

// Package fieldname finds names of fields that are one but for their spelling.
//
// In: the name of a field that a rule tests, and names that events have. Out: the name that may be meant.
//
// What must stay true: only names are compared. Whether events may have both, the caller knows.
package fieldname

import (
	"strings"
	"unicode"

	"decree/rules/anycase"
)

// Name is a name with its words.
type Name struct {
	name    string
	words   []string
	letters string // of all words
}

// All splits names into words.
func All(names []string) []Name {
	out := make([]Name, len(names))
	for i, name := range names {
		out[i] = newName(name)
	}
	return out
}

// newName splits a name at signs and spaces, in lower case.
func newName(name string) Name {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return Name{name, words, strings.Join(words, "")}
}

// Same gives the first name that is that of a field but for case, spaces and signs; "" if there is none. With below
// one of the two may also have words before, if there is only one such name: of two, either may be meant.
func Same(field string, names []Name, below bool) string {
	f, more := newName(field), ""
	for _, name := range names {
		if name.letters == f.letters {
			return name.name
		}
		if below && (name.endsAs(f) || f.endsAs(name)) {
			if more != "" {
				below = false
			}
			more = name.name
		}
	}
	if !below {
		return ""
	}
	return more
}

// OtherCase gives the first name that is that of a field, or of a list that the field is in, but for the case of its
// letters; "" if there is none. Its first part differs.
func OtherCase(field string, names []Name) string {
	first, _, _ := strings.Cut(field, ".")
	for _, n := range names {
		if anycase.HasPrefix(field, n.name) && !strings.HasPrefix(n.name, first) &&
			(len(n.name) == len(field) || field[len(n.name)] == '.') {
			return n.name
		}
	}
	return ""
}

// endsAs tells whether a name has words before those of another.
func (n Name) endsAs(end Name) bool {
	rest := n.letters
	for i := 0; i+1 < len(n.words) && len(rest) > len(end.letters); i++ {
		if rest = rest[len(n.words[i]):]; rest == end.letters {
			return true
		}
	}
	return false
}

// Siblings tells whether two names differ in their numbers or in being of several alone: a log may have both.
func Siblings(a, b string) bool {
	letters := func(name string) string {
		return strings.TrimSuffix(strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return -1
			}
			return r
		}, name), "s")
	}
	return letters(a) == letters(b)
}

// Slipped tells whether two names are one but for two letters in another order, or a letter left out or typed twice
// amid the last part of a path.
func Slipped(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(a)-len(b) > 1 {
		return false
	}
	from := 0
	for from < len(b) && a[from] == b[from] {
		from++
	}
	end := 0
	for end < len(b)-from && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	switch more, fewer := a[from:len(a)-end], b[from:len(b)-end]; {
	case len(more) == 2 && len(fewer) == 2:
		return more[0] == fewer[1] && more[1] == fewer[0]
	case len(more) == 1 && fewer == "":
		begin := strings.LastIndexByte(a, '.') + 1
		return from > begin && end > 0
	}
	return false
}

package engine

import (
	"decree/rules/anycase"
	"strings"
	"unicode"
)

// worded is a name with its words.
type worded struct {
	name    string
	words   []string
	letters string // of all words
}

func wordsOf(names []string) []worded {
	out := make([]worded, len(names))
	for i, name := range names {
		out[i] = newWorded(name)
	}
	return out
}

// newWorded splits a name at signs and spaces, in lower case.
func newWorded(name string) worded {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return worded{name, words, strings.Join(words, "")}
}

// sameWord gives the first name that is that of a field but for case, spaces and signs; "" if there is none. With below
// one of the two may also have words before, if there is only one such name: of two, either may be meant.
func sameWord(field string, names []worded, below bool) string {
	f, more := newWorded(field), ""
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

// otherCase gives the first name that is that of a field, or of a list that the field is in, but for the case of its
// letters; "" if there is none. Its first part differs.
func otherCase(field string, names []worded) string {
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
func (n worded) endsAs(end worded) bool {
	rest := n.letters
	for i := 0; i+1 < len(n.words) && len(rest) > len(end.letters); i++ {
		if rest = rest[len(n.words[i]):]; rest == end.letters {
			return true
		}
	}
	return false
}

// sibling tells whether two names differ in their numbers or in being of several alone: a log may have both.
func sibling(a, b string) bool {
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

// slipped tells whether two names are one but for two letters in another order, or a letter left out or typed twice
// amid the last part of a path.
func slipped(a, b string) bool {
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

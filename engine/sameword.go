package engine

import (
	"strings"
	"unicode"
)

// sameWord gives the first name that is that of a field but for case, spaces and signs; "" if there is none. With below
// one of the two may also have words before, if there is only one such name: of two, either may be meant.
func sameWord(field string, names []string, below bool) string {
	word, more := words(field), ""
	for _, name := range names {
		parts := words(name)
		if sameLetters(parts, word) {
			return name
		}
		if below && (endsAs(parts, word) || endsAs(word, parts)) {
			if more != "" {
				below = false
			}
			more = name
		}
	}
	if !below {
		return ""
	}
	return more
}

func sameLetters(a, b []string) bool { return strings.Join(a, "") == strings.Join(b, "") }

// endsAs tells whether a name has words before those of another.
func endsAs(name, end []string) bool {
	for from := 1; from < len(name); from++ {
		if sameLetters(name[from:], end) {
			return true
		}
	}
	return false
}

// words splits a name at signs and spaces, in lower case.
func words(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
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

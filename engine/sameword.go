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

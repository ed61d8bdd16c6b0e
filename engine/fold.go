package engine

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fold makes a text comparable without regard to case, by Unicode's simple folding, as regular
// expressions with the flag i and strings.EqualFold see it. ASCII letters become lower case.
func fold(s string) string {
	upper, wide := false, false
	for i := 0; i < len(s); i++ {
		upper = upper || (s[i] >= 'A' && s[i] <= 'Z')
		wide = wide || s[i] >= utf8.RuneSelf
	}
	switch {
	case wide:
		return strings.Map(foldRune, s)
	case upper:
		return strings.ToLower(s)
	}
	return s
}

// foldRune gives one letter for all that fold alike: the ASCII one in lower case if there is
// one, else the smallest.
func foldRune(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	if least >= 'A' && least <= 'Z' {
		return least + 'a' - 'A'
	}
	return least
}

package engine

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fold makes a text comparable without regard to case. A letter of ASCII equals its other case alone, as products have it that ignore the case
// of ASCII only; letters beyond equal those that Unicode's simple folding gives, unless that is a letter of ASCII: neither ſ is an s, nor the
// sign of Kelvin a k. ASCII letters become lower case.
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

// foldRune gives one letter for all that fold alike: the ASCII one in lower case, or else the smallest beyond ASCII.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		if next >= utf8.RuneSelf {
			least = min(least, next)
		}
	}
	return least
}

package engine

import (
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"
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

// ascii tells whether a text has no byte beyond ASCII.
func ascii(s string) bool {
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	for len(b) >= 8 {
		if binary.LittleEndian.Uint64(b)&high != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

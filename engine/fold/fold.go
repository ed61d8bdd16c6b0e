// Package fold makes texts comparable without regard to case, as all tests compare them that are not cased. In: a text.
// Out: its folded form, which is the same for texts that differ only in case.
package fold

import (
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// Text gives the folded form of a text. ASCII letters become lower case and equal only their other case, as in products
// that ignore the case of ASCII alone. Other letters equal those that Unicode's simple folding gives, except for ASCII
// letters: ſ is not an s, and the Kelvin sign is not a k.
func Text(s string) string {
	upper, wide := false, false
	for i := 0; i < len(s); i++ {
		upper = upper || (s[i] >= 'A' && s[i] <= 'Z')
		wide = wide || s[i] >= utf8.RuneSelf
	}
	switch {
	case wide:
		return strings.Map(Rune, s)
	case upper:
		return strings.ToLower(s)
	}
	return s
}

// Rune gives one letter for all letters that fold alike: the lower case of an ASCII letter, or the smallest letter
// beyond ASCII.
func Rune(r rune) rune {
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

// Arena holds folded texts of ASCII in memory that is used again.
type Arena struct{ bytes []byte }

// Reset frees the memory of all texts for new ones.
func (a *Arena) Reset() { a.bytes = a.bytes[:0] }

const (
	ones = 0x0101010101010101
	high = 0x8080808080808080
)

// ASCII folds an ASCII text, eight bytes at once: added to a letter's byte, what is missing from 'A', or
// from the one after 'Z', to 0x80 sets its highest bit or does not. The text is valid until Reset.
func (a *Arena) ASCII(t string) string {
	start := len(a.bytes)
	a.bytes = append(a.bytes, t...)
	b := a.bytes[start:]
	at := 0
	for ; at+8 <= len(b); at += 8 {
		w := binary.LittleEndian.Uint64(b[at:])
		upper := (w + (0x80-'A')*ones) &^ (w + (0x80-'Z'-1)*ones) & high
		binary.LittleEndian.PutUint64(b[at:], w|upper>>2)
	}
	for ; at < len(b); at++ {
		if c := b[at]; c >= 'A' && c <= 'Z' {
			b[at] += 'a' - 'A'
		}
	}
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// Eight folds the letters of ASCII among eight bytes of a text; others stay as they are.
func Eight(w uint64) uint64 {
	low := w &^ high
	upper := (low + (0x80-'A')*ones) &^ (low + (0x80-'Z'-1)*ones) &^ w & high
	return w | upper>>2
}

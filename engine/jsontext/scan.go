// Package jsontext reads JSON texts strictly, eight bytes at a time where nothing has to be decoded. In: bytes, and a
// place in them. Out: the place behind a value, and the text of a string. What must stay true: it accepts what
// encoding/json accepts, to a depth of MaxNesting, and allocates nothing itself.
package jsontext

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// Errors of texts that are not JSON, or nest deeper than MaxNesting.
var (
	ErrSyntax = errors.New("not JSON")
	ErrDeep   = errors.New("JSON nests too deep")
)

// MaxNesting is how deep objects and lists may nest.
const MaxNesting = 300

const (
	ones = 0x0101010101010101
	// High has the highest bit of each byte of a word, which ASCII lacks.
	High = 0x8080808080808080
)

// SpecialIn marks, by its highest bit, the first byte of a word that is a quote, a backslash or a control character:
// taking one from each byte borrows into the high bit where the byte was zero, and taking 0x20 where it was less. Bytes
// after the first may be marked wrongly.
func SpecialIn(w uint64) uint64 {
	quote, slash := w^('"'*ones), w^('\\'*ones)
	return ((quote-ones)&^quote | (slash-ones)&^slash | (w-0x20*ones)&^w) & High
}

// Special gives the place from at on of the first quote, backslash or control character, or the end.
func Special(b []byte, at int) int {
	for ; at+8 <= len(b); at += 8 {
		if found := SpecialIn(binary.LittleEndian.Uint64(b[at:])); found != 0 {
			return at + bits.TrailingZeros64(found)/8
		}
	}
	for at < len(b) && b[at] != '"' && b[at] != '\\' && b[at] >= ' ' {
		at++
	}
	return at
}

// Space gives the place from at on of the first byte that is not white space, or the end.
func Space(b []byte, at int) int {
	for at < len(b) && b[at] <= ' ' && (b[at] == ' ' || b[at] == '\n' || b[at] == '\r' || b[at] == '\t') {
		at++
	}
	return at
}

// Number gives the place behind the number at b[at], or -1 if it is none.
// https://www.rfc-editor.org/rfc/rfc8259#section-6
func Number(b []byte, at int) int {
	if at < len(b) && b[at] == '-' {
		at++
	}
	whole := digits(b, at)
	if whole == at || (b[at] == '0' && whole > at+1) {
		return -1
	}
	if at = whole; at < len(b) && b[at] == '.' {
		part := digits(b, at+1)
		if part == at+1 {
			return -1
		}
		at = part
	}
	if at < len(b) && (b[at] == 'e' || b[at] == 'E') {
		at++
		if at < len(b) && (b[at] == '+' || b[at] == '-') {
			at++
		}
		power := digits(b, at)
		if power == at {
			return -1
		}
		at = power
	}
	return at
}

func digits(b []byte, at int) int {
	for at < len(b) && b[at] >= '0' && b[at] <= '9' {
		at++
	}
	return at
}

// Word gives the place behind true, false or null at b[at], or -1 if it is none of them.
func Word(b []byte, at int) int {
	for _, word := range [...]string{"true", "null", "false"} {
		if len(b)-at >= len(word) && string(b[at:at+len(word)]) == word {
			return at + len(word)
		}
	}
	return -1
}

package jsontext

import (
	"encoding/binary"
	"math/bits"
)

// Skip gives the place behind the value at b[at], which it checks as strictly as if it were read. around is how deep
// the value is nested.
func Skip(b []byte, at, around int) (int, error) {
	var inObject [MaxNesting/64 + 1]uint64 // a bit for each level
	depth := around
	for {
		if at >= len(b) {
			return at, ErrSyntax
		}
		closed := false
		switch c := b[at]; c {
		case '"':
			at = SkipText(b, at)
		case '{', '[':
			if depth++; depth > MaxNesting {
				return at, ErrDeep
			}
			inner := Space(b, at+1)
			if closed = inner < len(b) && b[inner] == c+2; closed { // the brackets of ASCII are two apart
				at = inner + 1
				depth--
				break
			}
			if c == '{' {
				inObject[depth>>6] |= 1 << (depth & 63)
				if at = skipKey(b, inner); at < 0 {
					return at, ErrSyntax
				}
			} else {
				inObject[depth>>6] &^= 1 << (depth & 63)
				at = inner
			}
			continue
		case 't', 'f', 'n':
			at = Word(b, at)
		default:
			at = Number(b, at)
		}
		if at < 0 {
			return at, ErrSyntax
		}
		if at, depth = skipEnds(b, at, depth, around, &inObject); at < 0 {
			return at, ErrSyntax
		}
		if depth == around {
			return at, nil
		}
	}
}

// skipEnds reads on behind a value, over the ends of objects and lists, to the next value within them. It gives -1
// where something else follows.
func skipEnds(b []byte, at, depth, around int, inObject *[MaxNesting/64 + 1]uint64) (int, int) {
	for depth > around {
		if at < len(b) && b[at] <= ' ' {
			at = Space(b, at)
		}
		if at >= len(b) {
			return -1, depth
		}
		object := inObject[depth>>6]>>(depth&63)&1 != 0
		switch c := b[at]; {
		case c == ',' && object:
			return skipKey(b, Space(b, at+1)), depth
		case c == ',':
			return Space(b, at+1), depth
		case c == '}' && object, c == ']' && !object:
			at++
			depth--
		default:
			return -1, depth
		}
	}
	return at, depth
}

// skipKey gives the place of the value of the key at b[at], or -1 if there is no key.
func skipKey(b []byte, at int) int {
	if at >= len(b) || b[at] != '"' {
		return -1
	}
	if at = SkipText(b, at); at < 0 {
		return -1
	}
	if at = Space(b, at); at >= len(b) || b[at] != ':' {
		return -1
	}
	return Space(b, at+1)
}

// SkipText gives the place behind the string at b[at], or -1 if it has no end, a control character or a wrong escape.
func SkipText(b []byte, at int) int {
	at++
	for {
		for at+8 <= len(b) {
			found := SpecialIn(binary.LittleEndian.Uint64(b[at:]))
			if found != 0 {
				at += bits.TrailingZeros64(found) / 8
				break
			}
			at += 8
		}
		if at+8 > len(b) {
			at = Special(b, at)
		}
		switch {
		case at >= len(b):
			return -1
		case b[at] == '"':
			return at + 1
		case b[at] != '\\':
			return -1
		}
		taken := 2
		if at+1 >= len(b) || plainEscapes[b[at+1]] == 0 { // most escapes are of one letter
			if taken = EscapeLength(b[at:]); taken == 0 {
				return -1
			}
		}
		at += taken
	}
}

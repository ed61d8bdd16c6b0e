package document

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// This file reads JSON strings, eight bytes at a time, and decodes their escapes.

const (
	ones = 0x0101010101010101
	high = 0x8080808080808080
)

var plainEscapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// token reads a string at its quote and gives its text, which is its own bytes unless it has escapes.
// A text that is not wanted is only checked.
func (d *Document) token(want bool) ([]byte, error) {
	start := d.at + 1
	at := d.special(start)
	if at < len(d.data) && d.data[at] == '"' {
		d.at = at + 1
		return d.data[start:at], nil
	}
	return d.escaped(start, at, want)
}

// escaped reads on from an escape of a string, or from its end, in at. The text, from start on, is written into the arena.
func (d *Document) escaped(start, at int, want bool) ([]byte, error) {
	begin := len(d.arena)
	if want {
		d.arena = append(d.arena, d.data[start:at]...)
	}
	for at < len(d.data) && d.data[at] == '\\' {
		taken := escapeLength(d.data[at:])
		if taken == 0 {
			return nil, errJSON
		}
		if want {
			taken = d.unescape(d.data[at:])
		}
		if d.recording != nil {
			d.recording.record(at-d.recordedFrom, taken, d.recordedText+len(d.arena)-begin)
		}
		if at += taken; want {
			at = d.copyText(at)
		} else {
			at = d.special(at)
		}
	}
	if at >= len(d.data) || d.data[at] != '"' {
		return nil, errJSON
	}
	d.at = at + 1
	return d.arena[begin:], nil
}

// copyText is special for a text that is copied to the arena on the way: escapes are often near each other, as in
// a path, so that a word is copied before it is known how much of it is wanted.
func (d *Document) copyText(at int) int {
	b, seen := d.data, d.bits
	for at+8 <= len(b) {
		w := binary.LittleEndian.Uint64(b[at:])
		end := len(d.arena)
		d.arena = binary.LittleEndian.AppendUint64(d.arena, w)
		seen |= w
		if found := specialIn(w); found != 0 {
			n := bits.TrailingZeros64(found) / 8
			d.arena = d.arena[:end+n]
			d.bits = seen
			return at + n
		}
		at += 8
	}
	d.bits = seen
	start := at
	at = d.special(at)
	d.arena = append(d.arena, b[start:at]...)
	return at
}

// specialIn marks, by its highest bit, the first byte of a word that is a quote, a backslash or a control character: taking one from
// each byte borrows into the high bit where the byte was zero, and taking 0x20 where it was less. Bytes after the first may be marked wrongly.
func specialIn(w uint64) uint64 {
	quote, slash := w^('"'*ones), w^('\\'*ones)
	return ((quote-ones)&^quote | (slash-ones)&^slash | (w-0x20*ones)&^w) & high
}

// special gives the place from at on of the first quote, backslash or control character, or the end, eight
// bytes at a time. It takes down which bits it has seen.
func (d *Document) special(at int) int {
	b, seen := d.data, d.bits
	for ; at+8 <= len(b); at += 8 {
		w := binary.LittleEndian.Uint64(b[at:])
		seen |= w
		if found := specialIn(w); found != 0 {
			d.bits = seen
			return at + bits.TrailingZeros64(found)/8
		}
	}
	for ; at < len(b); at++ {
		seen |= uint64(b[at])
		if b[at] == '"' || b[at] == '\\' || b[at] < ' ' {
			break
		}
	}
	d.bits = seen
	return at
}

// ASCII tells whether all texts are ASCII. It may be false although they are.
func (d *Document) ASCII() bool { return d.bits&high == 0 }

// escapeLength is how long the escape at the head of b is; 0 if it is none.
func escapeLength(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(b) >= 6 && hex(b[2:6]) {
			return 6
		}
	}
	return 0
}

func hex(digits []byte) bool {
	for _, c := range digits {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
			return false
		}
	}
	return true
}

// unescape writes what the escape at the head of b stands for into the arena, and gives its length. A lone
// surrogate becomes U+FFFD.
func (d *Document) unescape(b []byte) int {
	if b[1] != 'u' {
		d.arena = append(d.arena, plainEscapes[b[1]])
		return 2
	}
	r, taken := rune(code(b[2:6])), 6
	if utf16.IsSurrogate(r) {
		low := rune(0)
		if rest := b[6:]; escapeLength(rest) == 6 {
			low = rune(code(rest[2:6]))
		}
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			taken = 12
		}
	}
	if r >= utf8.RuneSelf {
		d.bits |= high
	}
	d.arena = utf8.AppendRune(d.arena, r)
	return taken
}

func code(digits []byte) (n uint16) {
	for _, c := range digits {
		n <<= 4
		switch {
		case c <= '9':
			n += uint16(c - '0')
		case c <= 'F':
			n += uint16(c-'A') + 10
		default:
			n += uint16(c-'a') + 10
		}
	}
	return n
}

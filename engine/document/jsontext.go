package document

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"decree/engine/jsontext"
)

// This file reads JSON strings, eight bytes at a time, and decodes their escapes.

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
		taken := jsontext.EscapeLength(d.data[at:])
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
		if found := jsontext.SpecialIn(w); found != 0 {
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

// special gives the place from at on of the first quote, backslash or control character, or the end, eight
// bytes at a time. It takes down which bits it has seen.
func (d *Document) special(at int) int {
	b, seen := d.data, d.bits
	for ; at+8 <= len(b); at += 8 {
		w := binary.LittleEndian.Uint64(b[at:])
		seen |= w
		if found := jsontext.SpecialIn(w); found != 0 {
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
func (d *Document) ASCII() bool { return d.bits&jsontext.High == 0 }

// unescape writes what the escape at the head of b stands for into the arena, and gives its length.
func (d *Document) unescape(b []byte) (taken int) {
	begin := len(d.arena)
	d.arena, taken = jsontext.AppendUnescaped(d.arena, b)
	if d.arena[begin] >= utf8.RuneSelf {
		d.bits |= jsontext.High
	}
	return taken
}

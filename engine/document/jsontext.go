package document

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"decree/engine/jsontext"
)

// This file reads JSON strings, eight bytes at a time, and decodes their escapes.

// token reads a string at its quote and gives its text, which is its own bytes unless it has escapes.
func (d *Document) token() ([]byte, error) {
	start := d.at + 1
	at := d.special(start)
	if at < len(d.data) && d.data[at] == '"' {
		d.at = at + 1
		return d.data[start:at], nil
	}
	return d.escaped(start, at)
}

// escaped reads on from an escape of a string, or from its end, in at. The text, from start on, is written into the
// arena.
func (d *Document) escaped(start, at int) ([]byte, error) {
	b, seen := d.data, d.bits
	begin := len(d.arena)
	out := append(d.arena, b[start:at]...)
	for at+1 < len(b) && b[at] == '\\' {
		taken := 2
		if plain := jsontext.PlainEscape(b[at+1]); plain != 0 {
			out = append(out, plain)
		} else {
			if jsontext.EscapeLength(b[at:]) == 0 {
				return nil, errJSON
			}
			from := len(out)
			out, taken = jsontext.AppendUnescaped(out, b[at:])
			if out[from] >= utf8.RuneSelf {
				seen |= jsontext.High
			}
		}
		if d.recording != nil {
			d.recording.record(at-d.recordedFrom, taken, d.recordedText+len(out)-begin)
		}
		at += taken
		// Escapes are often near each other, as in a path, so that a word is copied before it is known how much of it
		// is wanted.
		for {
			if at+8 > len(b) {
				from := at
				at = jsontext.Special(b, at)
				out = append(out, b[from:at]...)
				for _, c := range b[from:at] {
					seen |= uint64(c)
				}
				break
			}
			w := binary.LittleEndian.Uint64(b[at:])
			seen |= w
			out = binary.LittleEndian.AppendUint64(out, w)
			if found := jsontext.SpecialIn(w); found != 0 {
				n := bits.TrailingZeros64(found) / 8
				out = out[:len(out)-8+n]
				at += n
				break
			}
			at += 8
		}
	}
	d.arena, d.bits = out, seen
	if at >= len(b) || b[at] != '"' {
		return nil, errJSON
	}
	d.at = at + 1
	return out[begin:], nil
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

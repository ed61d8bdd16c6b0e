package engine

import (
	"bytes"
	"encoding/binary"

	"github.com/valyala/fastjson"
)

// The parser reads more than JSON: control characters and unknown escapes in strings, and
// numbers such as 01 and nan. What follows refuses that without a second, validating parser.

const (
	ones = 0x0101010101010101
	high = 0x8080808080808080
)

// strict tells whether a text that was parsed has only escapes of JSON and, in its strings, no
// control characters.
func strict(data []byte) bool {
	if controls(data) && !spaced(data) {
		return false
	}
	for i := bytes.IndexByte(data, '\\'); i >= 0 && i < len(data); {
		if i+1 >= len(data) {
			return false
		}
		switch data[i+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			i += 2
		case 'u':
			if i+6 > len(data) || !hex(data[i+2:i+6]) {
				return false
			}
			i += 6
		default:
			return false
		}
		next := bytes.IndexByte(data[i:], '\\')
		if next < 0 {
			break
		}
		i += next
	}
	return true
}

// controls tells whether there is a control character, which a line of JSON seldom has. It looks
// at eight bytes at once: a byte below 0x20 borrows when 0x20 is taken from it.
func controls(data []byte) bool {
	for len(data) >= 8 {
		w := binary.LittleEndian.Uint64(data)
		if (w-0x20*ones)&^w&high != 0 {
			return true
		}
		data = data[8:]
	}
	for _, c := range data {
		if c < ' ' {
			return true
		}
	}
	return false
}

// spaced tells whether control characters stand only between values, as white space of JSON.
func spaced(data []byte) bool {
	quoted := false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
			if i < len(data) && data[i] < ' ' {
				return false
			}
		case c == '"':
			quoted = !quoted
		case c < ' ' && (quoted || (c != '\t' && c != '\n' && c != '\r')):
			return false
		}
	}
	return true
}

func hex(digits []byte) bool {
	for _, c := range digits {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
			return false
		}
	}
	return true
}

// check marks the document wrong where a number is none of JSON.
func (d *document) check(v *fastjson.Value) {
	switch v.Type() {
	case fastjson.TypeNumber:
		start := len(d.arena)
		d.arena = v.MarshalTo(d.arena)
		d.wrong = d.wrong || !validNumber(d.arena[start:])
		d.arena = d.arena[:start]
	case fastjson.TypeArray:
		if items, err := v.Array(); err == nil && !d.wrong {
			for _, item := range items {
				d.check(item)
			}
		}
	case fastjson.TypeObject:
		if o, err := v.Object(); err == nil && !d.wrong {
			o.Visit(func(_ []byte, inner *fastjson.Value) { d.check(inner) })
		}
	}
}

// validNumber tells whether a token is a number of JSON.
// https://www.rfc-editor.org/rfc/rfc8259#section-6
func validNumber(b []byte) bool {
	digits := func() bool {
		n := 0
		for n < len(b) && b[n] >= '0' && b[n] <= '9' {
			n++
		}
		b = b[n:]
		return n > 0
	}
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	if len(b) > 1 && b[0] == '0' && b[1] >= '0' && b[1] <= '9' {
		return false
	}
	if !digits() {
		return false
	}
	if len(b) > 0 && b[0] == '.' {
		b = b[1:]
		if !digits() {
			return false
		}
	}
	if len(b) > 0 && (b[0] == 'e' || b[0] == 'E') {
		b = b[1:]
		if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
			b = b[1:]
		}
		if !digits() {
			return false
		}
	}
	return len(b) == 0
}

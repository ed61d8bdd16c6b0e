package evtx

import (
	"encoding/binary"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"

	"decree/engine/event/winevent"
)

// memory holds what records are made of. Texts stay as they are, for whoever has them; elements are used again for the
// next record.
type memory struct {
	texts    []byte // written one behind the other and never changed
	elements []*element
	used     int // of the elements, by the current record
}

const (
	textsAtOnce = 1 << 16 // bytes
	maxElements = 1 << 12 // that are kept for other records
)

// element is an XML element while it is read.
type element struct {
	winevent.Element
	missing bool // an optional substitution in it has no value
}

// next begins another record.
func (m *memory) next() {
	if m.used > maxElements {
		m.elements = nil
	}
	m.used = 0
}

// element gives an empty one.
func (m *memory) element(name string) *element {
	if m.used == len(m.elements) {
		m.elements = append(m.elements, &element{})
	}
	e := m.elements[m.used]
	m.used++
	e.Name, e.missing = name, false
	e.Attributes, e.Parts, e.Children = e.Attributes[:0], e.Parts[:0], e.Children[:0]
	return e
}

// room gives space for a text of at most so many bytes, which is appended and then kept.
func (m *memory) room(size int) []byte {
	if cap(m.texts)-len(m.texts) < size {
		m.texts = make([]byte, 0, max(textsAtOnce, size))
	}
	return m.texts[len(m.texts):]
}

// keep makes a text of what was written into the room.
func (m *memory) keep(written []byte) string {
	m.texts = m.texts[:len(m.texts)+len(written)]
	return unsafe.String(unsafe.SliceData(written), len(written))
}

// utf16Text decodes a text without the zero characters that it may end with.
func (m *memory) utf16Text(b []byte) string {
	return m.keep(appendUTF16(m.room(len(b)/2*utf8.UTFMax), b))
}

// wide has the bits of four characters of UTF-16 that ASCII lacks.
const wide = 0xff80ff80ff80ff80

// narrowed gives the four bytes of four such characters without these bits.
func narrowed(w uint64) uint64 {
	w = (w | w>>8) & 0x0000ffff0000ffff
	return (w | w>>16) & 0xffffffff
}

// appendUTF16 appends a text in UTF-8. A lone surrogate becomes U+FFFD.
func appendUTF16(out, b []byte) []byte {
	b = b[:len(b)&^1]
	for len(b) > 0 && b[len(b)-1] == 0 && b[len(b)-2] == 0 {
		b = b[:len(b)-2]
	}
	out = slices.Grow(out, len(b)/2)
	for len(b) > 0 {
		if len(b) >= 16 { // eight characters
			low, high := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
			if (low|high)&wide == 0 {
				out = binary.LittleEndian.AppendUint64(out, narrowed(low)|narrowed(high)<<32)
				b = b[16:]
				continue
			}
		}
		if len(b) >= 8 { // four characters at once, if they are ASCII
			if w := binary.LittleEndian.Uint64(b); w&wide == 0 {
				out = binary.LittleEndian.AppendUint32(out, uint32(narrowed(w)))
				b = b[8:]
				continue
			}
		}
		r := rune(binary.LittleEndian.Uint16(b))
		b = b[2:]
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
			continue
		}
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if len(b) > 0 {
				low = rune(binary.LittleEndian.Uint16(b))
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				b = b[2:]
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

package evtx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	"decree/engine/event/winevent"
)

// The types of values; typeArray is a flag beside one of them.
const (
	typeNull       = 0x00
	typeString     = 0x01
	typeAnsi       = 0x02
	typeInt8       = 0x03
	typeUint8      = 0x04
	typeInt16      = 0x05
	typeUint16     = 0x06
	typeInt32      = 0x07
	typeUint32     = 0x08
	typeInt64      = 0x09
	typeUint64     = 0x0a
	typeReal32     = 0x0b
	typeReal64     = 0x0c
	typeBool       = 0x0d
	typeBinary     = 0x0e
	typeGUID       = 0x0f
	typeSize       = 0x10
	typeFileTime   = 0x11
	typeSystemTime = 0x12
	typeSID        = 0x13
	typeHex32      = 0x14
	typeHex64      = 0x15
	typeBinXML     = 0x21
	typeArray      = 0x80
)

// widths are those of types that have one, in bytes.
var widths = [256]int{typeInt8: 1, typeUint8: 1, typeInt16: 2, typeUint16: 2, typeInt32: 4, typeUint32: 4, typeInt64: 8, typeUint64: 8,
	typeReal32: 4, typeReal64: 8, typeBool: 4, typeGUID: 16, typeSize: 8, typeFileTime: 8, typeSystemTime: 16, typeHex32: 4, typeHex64: 8}

// value reads a typed value that stands in the XML itself, which is a text.
func (p *parser) value() (winevent.Part, error) {
	kind, err := p.u8()
	if err != nil {
		return winevent.Part{}, err
	}
	if kind == typeString {
		text, err := p.prefixed()
		return textPart(text), err
	}
	width := widths[kind]
	switch kind {
	case typeNull:
		return winevent.Part{}, nil
	case typeAnsi, typeBinary:
		width, err = p.u16()
	case typeSID:
		width, err = sidLength(p.chunk[p.at:p.end])
	default:
		if width == 0 {
			err = fmt.Errorf("an unknown type of value %#x", kind)
		}
	}
	if err != nil {
		return winevent.Part{}, err
	}
	b, err := p.take(width)
	if err != nil {
		return winevent.Part{}, err
	}
	return p.memory.decode(kind, b)
}

func textPart(text string) winevent.Part { return winevent.Part{Value: winevent.Value{Text: text}} }

// decode reads a value as Windows writes it in XML: integers as numbers, hexadecimal types as
// 0x..., times in UTC. An array is a list.
func (m *memory) decode(kind byte, b []byte) (winevent.Part, error) {
	if kind&typeArray != 0 {
		list, err := m.list(kind&^typeArray, b)
		return winevent.Part{List: list}, err
	}
	v, err := m.scalar(kind, b)
	return winevent.Part{Value: v}, err
}

// scalar reads one value.
func (m *memory) scalar(kind byte, b []byte) (winevent.Value, error) {
	written, bare, err := appendValue(m.room(roomFor(kind, len(b))), kind, b)
	if err != nil {
		return winevent.Value{}, err
	}
	return winevent.Value{Text: m.keep(written), Bare: bare}, nil
}

// roomFor is how many bytes the text of a value of so many bytes may have at most.
func roomFor(kind byte, size int) int {
	switch kind {
	case typeString, typeAnsi, typeBinary:
		return size * utf8.UTFMax
	case typeSID:
		return longestNumber * size
	case typeReal32, typeReal64:
		return longestReal
	}
	return longestOther
}

// longestReal is more than the digits of the smallest number of 64 bits, and longestOther than any GUID, time or
// integer, in bytes.
const (
	longestReal  = 512
	longestOther = 64
)

// integer reads a number. Its bytes say how wide it is: 32-bit systems write pointers and sizes in
// four, and a truth value may be a byte.
func integer(kind byte, b []byte) (uint64, error) {
	real := kind == typeReal32 || kind == typeReal64
	switch {
	case len(b) == 8:
		return binary.LittleEndian.Uint64(b), nil
	case len(b) == 4:
		return uint64(binary.LittleEndian.Uint32(b)), nil
	case len(b) == 2 && !real:
		return uint64(binary.LittleEndian.Uint16(b)), nil
	case len(b) == 1 && !real:
		return uint64(b[0]), nil
	}
	return 0, fmt.Errorf("a value of type %#x with %d bytes", kind, len(b))
}

// weight is how much text a value is, and what a list of others takes.
func weight(p winevent.Part) int {
	sum := textWeight(p.Value)
	for _, v := range p.List {
		sum += 8 + textWeight(v)
	}
	return sum
}

func textWeight(v winevent.Value) int {
	if v.Bare {
		return 0
	}
	return len(v.Text)
}

// list reads an array: texts each end with a zero character, security identifiers say how long they are,
// and others have their type's width.
func (m *memory) list(kind byte, b []byte) ([]winevent.Value, error) {
	out := []winevent.Value{}
	switch kind {
	case typeNull:
		return out, nil
	case typeString, typeAnsi:
		for len(b) > 0 {
			n := textLength(b, kind)
			text, err := m.scalar(kind, b[:n])
			if err != nil {
				return nil, err
			}
			out = append(out, text)
			b = b[n:]
		}
		return out, nil
	}
	width := widths[kind]
	if kind == typeSize && len(b)%8 != 0 { // of a 32-bit system
		width = 4
	}
	for len(b) > 0 {
		n := width
		if kind == typeSID {
			var err error
			if n, err = sidLength(b); err != nil {
				return nil, err
			}
		}
		if n == 0 || n > len(b) {
			return nil, fmt.Errorf("an array of type %#x with %d bytes at its end", kind, len(b))
		}
		v, err := m.scalar(kind, b[:n])
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		b = b[n:]
	}
	return out, nil
}

// textLength is how many bytes the first of several texts takes, with the zero character at its end.
func textLength(b []byte, kind byte) int {
	if kind == typeAnsi {
		if at := bytes.IndexByte(b, 0); at >= 0 {
			return at + 1
		}
		return len(b)
	}
	for i := 0; i+1 < len(b); i += 2 {
		if b[i] == 0 && b[i+1] == 0 {
			return i + 2
		}
	}
	return len(b)
}

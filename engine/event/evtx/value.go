package evtx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

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

// appendValue appends the text of a value, which is bare if JSON writes it without quotes.
func appendValue(out []byte, kind byte, b []byte) (text []byte, bare bool, err error) {
	failed := func(format string, args ...any) ([]byte, bool, error) {
		return nil, false, fmt.Errorf(format, args...)
	}
	switch kind {
	case typeString:
		return appendUTF16(out, b), false, nil
	case typeAnsi:
		return appendAnsi(out, b), false, nil
	case typeBinary:
		return appendHex(out, b), false, nil
	case typeSID:
		n, err := sidLength(b)
		if err != nil || n > len(b) {
			return failed("a security identifier of %d bytes", len(b))
		}
		return appendSID(out, b), false, nil
	}
	width := widths[kind]
	if width == 0 {
		return failed("an unknown type of value %#x", kind)
	}
	if kind == typeGUID || kind == typeFileTime || kind == typeSystemTime {
		if len(b) != width {
			return failed("a value of type %#x with %d bytes", kind, len(b))
		}
		switch kind {
		case typeGUID:
			return appendGUID(out, b), false, nil
		case typeFileTime:
			return appendFileTime(out, binary.LittleEndian.Uint64(b)), false, nil
		}
		return appendSystemTime(out, b), false, nil
	}
	n, err := integer(kind, b)
	if err != nil {
		return nil, false, err
	}
	switch kind {
	case typeInt8, typeInt16, typeInt32, typeInt64:
		unused := 64 - 8*len(b)
		return strconv.AppendInt(out, int64(n)<<unused>>unused, 10), true, nil
	case typeUint8, typeUint16, typeUint32, typeUint64:
		return strconv.AppendUint(out, n, 10), true, nil
	case typeBool:
		return strconv.AppendBool(out, n != 0), true, nil
	case typeReal32, typeReal64:
		if len(b) == 4 {
			return appendFloat(out, float64(math.Float32frombits(uint32(n))), 32), false, nil
		}
		return appendFloat(out, math.Float64frombits(n), 64), false, nil
	}
	return strconv.AppendUint(append(out, "0x"...), n, 16), false, nil
}

// longestNumber is that of 64 bits, in bytes.
const longestNumber = len("-9223372036854775808")

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

// appendFloat writes a number without an exponent, and what is none as Microsoft's C library does.
func appendFloat(out []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(out, "-1.#IND"...)
	case math.IsInf(f, 1):
		return append(out, "1.#INF"...)
	case math.IsInf(f, -1):
		return append(out, "-1.#INF"...)
	}
	return strconv.AppendFloat(out, f, 'f', -1, bits)
}

// appendAnsi reads UTF-8, or else the code page of western Windows.
func appendAnsi(out, b []byte) []byte {
	b = bytes.TrimRight(b, "\x00")
	if utf8.Valid(b) {
		return append(out, b...)
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		panic(err) // each byte stands for a character, or for the one that replaces it
	}
	return append(out, text...)
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

const timeLayout = "2006-01-02T15:04:05.0000000Z"

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

// appendGUID writes a GUID in braces, in upper case.
func appendGUID(out, b []byte) []byte {
	ordered := [16]byte{b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6]}
	copy(ordered[8:], b[8:])
	out = append(out, '{')
	for i, part := range [...]int{4, 2, 2, 2, 6} {
		if i > 0 {
			out = append(out, '-')
		}
		out = appendHex(out, ordered[:part])
		copy(ordered[:], ordered[part:])
	}
	return append(out, '}')
}

// appendHex writes bytes in upper case.
func appendHex(out, b []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, c := range b {
		out = append(out, digits[c>>4], digits[c&15])
	}
	return out
}

// appendFileTime writes a time, which is in tenths of microseconds since 1601.
func appendFileTime(out []byte, ticks uint64) []byte {
	const since1601 = 11644473600 // seconds until 1970
	at := time.Unix(int64(ticks/1e7)-since1601, int64(ticks%1e7)*100).UTC()
	year, month, day := at.Date()
	if year > 9999 {
		return at.AppendFormat(out, timeLayout)
	}
	hour, minute, second := at.Clock()
	out = append(appendDigits(out, year, 4), '-')
	out = append(appendDigits(out, int(month), 2), '-')
	out = append(appendDigits(out, day, 2), 'T')
	out = append(appendDigits(out, hour, 2), ':')
	out = append(appendDigits(out, minute, 2), ':')
	out = append(appendDigits(out, second, 2), '.')
	return append(appendDigits(out, int(ticks%1e7), 7), 'Z')
}

// appendDigits writes a number with as many digits as are given.
func appendDigits(out []byte, n, digits int) []byte {
	at := len(out) + digits
	for range digits {
		out = append(out, '0')
	}
	for ; n > 0; n /= 10 {
		at--
		out[at] = byte('0' + n%10)
	}
	return out
}

// appendSystemTime writes a time as its parts say, which nothing has to agree with a calendar.
func appendSystemTime(out, b []byte) []byte {
	part := func(i int) int { return int(binary.LittleEndian.Uint16(b[2*i:])) }
	return fmt.Appendf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%03d0000Z", part(0), part(1), part(3), part(4), part(5), part(6), part(7))
}

// appendSID writes a security identifier: revision, authority, sub-authorities. An authority of more than four bytes is
// written in hexadecimal ([MS-DTYP] 2.4.2.1).
func appendSID(out, b []byte) []byte {
	authority := uint64(0)
	for _, c := range b[2:8] {
		authority = authority<<8 | uint64(c)
	}
	out = append(strconv.AppendUint(append(out, "S-"...), uint64(b[0]), 10), '-')
	if authority > math.MaxUint32 {
		out = fmt.Appendf(out, "0x%012x", authority)
	} else {
		out = strconv.AppendUint(out, authority, 10)
	}
	for i := range int(b[1]) {
		out = strconv.AppendUint(append(out, '-'), uint64(binary.LittleEndian.Uint32(b[8+4*i:])), 10)
	}
	return out
}

// sidLength is how many bytes a security identifier says it takes.
func sidLength(b []byte) (int, error) {
	if len(b) < 8 {
		return 0, fmt.Errorf("a security identifier of %d bytes", len(b))
	}
	return 8 + 4*int(b[1]), nil
}

package evtx

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
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

var widths = map[byte]int{typeInt8: 1, typeUint8: 1, typeInt16: 2, typeUint16: 2, typeInt32: 4, typeUint32: 4, typeInt64: 8, typeUint64: 8,
	typeReal32: 4, typeReal64: 8, typeBool: 4, typeGUID: 16, typeFileTime: 8, typeSystemTime: 16, typeHex32: 4, typeHex64: 8}

// value reads a typed value that stands in the XML itself, which is a text.
func (p *parser) value() (any, error) {
	kind, err := p.u8()
	if err != nil {
		return nil, err
	}
	if kind == typeString {
		return p.prefixed()
	}
	width, ok := widths[kind]
	if !ok {
		return nil, fmt.Errorf("an unknown type of value %#x", kind)
	}
	b, err := p.take(width)
	if err != nil {
		return nil, err
	}
	return decode(kind, b)
}

// decode reads a value as Windows writes it in XML: integers as numbers, hexadecimal types as
// 0x..., times in UTC. Nil is no value.
func decode(kind byte, b []byte) (any, error) {
	if len(b) == 0 && kind != typeString && kind != typeAnsi {
		return nil, nil
	}
	if kind&typeArray != 0 {
		return list(kind&^typeArray, b)
	}
	if width, ok := widths[kind]; ok && len(b) != width {
		return nil, fmt.Errorf("a value of type %#x with %d bytes", kind, len(b))
	}
	le := binary.LittleEndian
	switch kind {
	case typeNull:
		return nil, nil
	case typeString:
		return utf16Text(b), nil
	case typeAnsi:
		return strings.ToValidUTF8(strings.TrimRight(string(b), "\x00"), "\uFFFD"), nil
	case typeInt8:
		return int64(int8(b[0])), nil
	case typeUint8:
		return uint64(b[0]), nil
	case typeInt16:
		return int64(int16(le.Uint16(b))), nil
	case typeUint16:
		return uint64(le.Uint16(b)), nil
	case typeInt32:
		return int64(int32(le.Uint32(b))), nil
	case typeUint32:
		return uint64(le.Uint32(b)), nil
	case typeInt64:
		return int64(le.Uint64(b)), nil
	case typeUint64:
		return le.Uint64(b), nil
	case typeReal32:
		return strconv.FormatFloat(float64(math.Float32frombits(le.Uint32(b))), 'g', -1, 32), nil
	case typeReal64:
		return strconv.FormatFloat(math.Float64frombits(le.Uint64(b)), 'g', -1, 64), nil
	case typeBool:
		return le.Uint32(b) != 0, nil
	case typeBinary:
		return strings.ToUpper(hex.EncodeToString(b)), nil
	case typeGUID:
		return guid(b), nil
	case typeSize:
		return hexadecimal(b)
	case typeFileTime:
		return fileTime(le.Uint64(b)).Format(timeLayout), nil
	case typeSystemTime:
		return systemTime(b), nil
	case typeSID:
		return sid(b)
	case typeHex32, typeHex64:
		return hexadecimal(b)
	}
	return nil, fmt.Errorf("an unknown type of value %#x", kind)
}

// weight is how much text a value is, and what a list of others takes.
func weight(v any) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case []any:
		sum := 0
		for _, one := range v {
			sum += 8 + weight(one)
		}
		return sum
	}
	return 0
}

const timeLayout = "2006-01-02T15:04:05.0000000Z"

// list reads an array: texts end with a zero character, others have their type's width.
func list(kind byte, b []byte) (any, error) {
	var out []any
	if kind == typeString {
		for _, text := range strings.Split(strings.TrimRight(utf16Text(b), "\x00"), "\x00") {
			out = append(out, text)
		}
		return out, nil
	}
	width, ok := widths[kind]
	if !ok || len(b)%width != 0 {
		return nil, fmt.Errorf("an array of %d bytes of type %#x", len(b), kind)
	}
	for ; len(b) > 0; b = b[width:] {
		v, err := decode(kind, b[:width])
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func hexadecimal(b []byte) (any, error) {
	switch len(b) {
	case 4:
		return fmt.Sprintf("0x%x", binary.LittleEndian.Uint32(b)), nil
	case 8:
		return fmt.Sprintf("0x%x", binary.LittleEndian.Uint64(b)), nil
	}
	return nil, fmt.Errorf("a hexadecimal number of %d bytes", len(b))
}

func guid(b []byte) string {
	le := binary.LittleEndian
	return strings.ToUpper(fmt.Sprintf("%08x-%04x-%04x-%x-%x", le.Uint32(b), le.Uint16(b[4:]), le.Uint16(b[6:]), b[8:10], b[10:16]))
}

// fileTime counts tenths of microseconds since 1601.
func fileTime(ticks uint64) time.Time {
	const since1601 = 11644473600 // seconds until 1970
	return time.Unix(int64(ticks/1e7)-since1601, int64(ticks%1e7)*100).UTC()
}

func systemTime(b []byte) string {
	part := func(i int) int { return int(binary.LittleEndian.Uint16(b[2*i:])) }
	return time.Date(part(0), time.Month(part(1)), part(3), part(4), part(5), part(6), part(7)*1e6, time.UTC).Format(timeLayout)
}

// sid writes a security identifier: revision, authority, sub-authorities.
func sid(b []byte) (any, error) {
	if len(b) < 8 || len(b) < 8+4*int(b[1]) {
		return nil, fmt.Errorf("a security identifier of %d bytes", len(b))
	}
	authority := uint64(0)
	for _, c := range b[2:8] {
		authority = authority<<8 | uint64(c)
	}
	text := fmt.Sprintf("S-%d-%d", b[0], authority)
	for i := range int(b[1]) {
		text += fmt.Sprintf("-%d", binary.LittleEndian.Uint32(b[8+4*i:]))
	}
	return text, nil
}

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

const timeLayout = "2006-01-02T15:04:05.0000000Z"

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

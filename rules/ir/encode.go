package ir

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"

	"decree/rules"
)

// encoder changes a literal value into one or more forms.
type encoder struct {
	encode func(string) ([]string, error)
	forms  func(string) float64 // how many forms it makes
	growth float64              // bytes made from one byte, at most
}

func forms(n float64) func(string) float64 { return func(string) float64 { return n } }

// encoders are the modifiers that encode a value. After one of them, wildcards have no meaning.
var encoders = map[string]encoder{
	"base64":       {one(func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }), forms(1), 4},
	"base64offset": {base64Offsets, forms(3), 4},
	"utf16le":      {one(func(s string) string { return utf16Bytes(s, binary.LittleEndian) }), forms(1), 2},
	"wide":         {one(func(s string) string { return utf16Bytes(s, binary.LittleEndian) }), forms(1), 2},
	"utf16be":      {one(func(s string) string { return utf16Bytes(s, binary.BigEndian) }), forms(1), 2},
	"utf16":        {one(func(s string) string { return "\xff\xfe" + utf16Bytes(s, binary.LittleEndian) }), forms(1), 4},
}

func one(encode func(string) string) func(string) ([]string, error) {
	return func(s string) ([]string, error) { return []string{encode(s)}, nil }
}

func utf16Bytes(s string, order binary.AppendByteOrder) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

// base64Offsets gives the three forms of a text inside base64, by its offset modulo 3, without the characters that
// depend on neighbouring bytes.
func base64Offsets(s string) ([]string, error) {
	starts, ends := []int{0, 2, 3}, []int{0, 3, 2}
	out := make([]string, 3)
	for offset := range 3 {
		full := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", offset) + s))
		end := len(full)
		if cut := ends[(len(s)+offset)%3]; cut > 0 {
			end -= cut
		}
		if starts[offset] >= end {
			return nil, fmt.Errorf("%q is too short for base64offset", s)
		}
		out[offset] = full[starts[offset]:end]
	}
	return out, nil
}

// encode gives the forms that an item's encoders generate from a value. ok is false if an error was reported.
func (l *lowerer) encode(c *chain, value string, v rules.Value) (values []string, ok bool) {
	values = []string{value}
	for _, e := range c.encoders {
		count, bytes := 0.0, 0.0
		for _, value := range values {
			forms := e.forms(value)
			count += forms
			bytes += forms * float64(len(value)) * e.growth
		}
		if !l.spend(count-float64(len(values)), bytes, v.Range) {
			return nil, false
		}
		var next []string
		for _, value := range values {
			forms, err := e.encode(value)
			if err != nil {
				l.errorf("invalid-encoding", v.Range, "use a longer value", "%v", err)
				return nil, false
			}
			next = append(next, forms...)
		}
		values = next
	}
	return values, true
}

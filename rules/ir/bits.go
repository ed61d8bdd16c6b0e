package ir

import (
	"math/big"
	"strconv"

	"decree/rules"
)

// ParseBits reads a value of an event as a whole number: decimal with or without a sign, or hexadecimal after 0x, from
// -2⁶³ to 2⁶³-1. A negative number has the bits of its two's complement. Kusto's tolong reads the same texts.
func ParseBits(text string) (bits int64, ok bool) {
	if len(text) > 2 && text[0] == '0' && text[1]|0x20 == 'x' {
		value, err := strconv.ParseUint(text[2:], 16, 63)
		return int64(value), err == nil
	}
	bits, err := strconv.ParseInt(text, 10, 64)
	return bits, err == nil
}

// bits lowers a mask.
func (l *lowerer) bits(v rules.Value) []Test {
	mask, ok := wholeNumber(v.Text)
	switch {
	case !ok || v.Kind != rules.NumberValue && v.Kind != rules.StringValue:
		l.errorf("invalid-bits", v.Range, "write a whole number, such as 16 or 0x10", "%q is not a whole number", v.Text)
	case mask.Sign() <= 0 || mask.Cmp(new(big.Int).SetUint64(1<<63)) >= 0:
		l.errorf("invalid-bits", v.Range, "write the bits that must be set, such as 0x10", "a mask must be from 1 to 0x7fffffffffffffff, got: %s", v.Text)
	default:
		return []Test{&Bits{mask.Int64()}}
	}
	return nil
}

// text writes a mask for people.
func (t *Bits) text() string { return "0x" + strconv.FormatInt(t.Mask, 16) }

package spl

import (
	"fmt"
	"math/bits"
	"strings"

	"decree/compilers/logic"
	"decree/rules/ir"
	"decree/rules/schema"
)

// bits tests whether all bits of a mask are set. Splunk calculates with floating point numbers, which are exact up to
// 15 decimal digits; a hexadecimal number is compared as text. bit_and needs a number that is not negative, and a
// version of 9.2 or later.
// https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/9.2/evaluation-functions/bitwise-functions
func (w *writer) bits(name string, m *ir.Match, t *ir.Bits) logic.Pred {
	w.plan.NoteOf(m, "bits-digits", "false-negatives", "a decimal number of more than 15 digits has no bits: Splunk does not calculate with such numbers exactly")
	decimal := logic.All{logic.Atom("match(" + name + ", " + evalString(`\A[+-]?[0-9]{1,15}\z`) + ")")}
	decimal = append(decimal, runsOfBits("tonumber("+name+")", t.Mask)...)
	if col, ok := w.plan.Column(m.Field); ok && col.Type == schema.Int {
		return someValue(decimal)
	}
	return someValue(logic.Any{logic.Atom("match(" + name + ", " + evalString(hexRegex(t.Mask)) + ")"), decimal})
}

// runsOfBits tests each run of neighbouring bits: floor(value / 2^from) leaves out those below, and without those
// above, all of the run must be left. Of a negative number, floor gives the bits of its two's complement.
func runsOfBits(value string, mask int64) []logic.Pred {
	var runs []logic.Pred
	for left := uint64(mask); left != 0; {
		from := bits.TrailingZeros64(left)
		long := bits.TrailingZeros64(^(left >> from))
		left &^= (1<<long - 1) << from
		runs = append(runs, logic.Atom(fmt.Sprintf("floor(%s/%d)-%d*floor(%s/%d)=%d", value, uint64(1)<<from, uint64(1)<<long, value, uint64(1)<<(from+long), uint64(1)<<long-1)))
	}
	return runs
}

// hexRegex is an expression for the hexadecimal numbers below 2^63 in which all bits of a mask are set.
func hexRegex(mask int64) string {
	var digits string
	for left := mask; left != 0; left >>= 4 {
		digits = hexDigits(left&15) + digits
	}
	return `(?i)\A0x(?!0*(?:[89a-f]|[1-9a-f][0-9a-f]+)[0-9a-f]{15}\z)[0-9a-f]*` + digits + `\z`
}

// hexDigits is an expression for the hexadecimal digits in which some bits are set.
func hexDigits(set int64) string {
	var all strings.Builder
	for digit := int64(0); digit < 16; digit++ {
		if digit&set == set {
			fmt.Fprintf(&all, "%x", digit)
		}
	}
	switch all.Len() {
	case 1:
		return all.String()
	case 16:
		return "[0-9a-f]"
	}
	return "[" + all.String() + "]"
}

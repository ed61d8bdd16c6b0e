package ir

import (
	"math"
	"math/big"
	"strings"

	"decree/rules"
)

// exactFloats is the largest number up to which a float64 represents every whole number exactly.
const exactFloats = 1 << 53

// numbered gives the tests of an unquoted number. YAML reads 0x17 as 23, but a log may have either. If the written text
// differs from the digits of the number, it is searched for too.
func numbered(c *chain, v rules.Value) []Test {
	digits := number(v.Number)
	tests := []Test{&Number{"eq", []float64{v.Number}}}
	if c.item.Field == "" {
		return tests // a keyword is searched for as written
	}
	if whole, ok := wholeNumber(v.Text); ok && math.Abs(v.Number) >= exactFloats {
		digits = whole.String()
		tests[0] = &Text{Op: Equals, Values: []string{digits}, Cased: c.cased}
	}
	if v.Text != digits {
		tests = append(tests, &Text{Op: Equals, Values: []string{v.Text}, Cased: c.cased, Spelling: true})
	}
	return tests
}

// wholeNumber reads a whole number in any of YAML's spellings. Leading zeros do not make it octal.
func wholeNumber(text string) (*big.Int, bool) {
	text = strings.ReplaceAll(text, "_", "")
	base := 10
	if digits := strings.TrimLeft(text, "+-"); len(digits) > 1 && digits[0] == '0' && digits[1] > '9' {
		base = 0
	}
	return new(big.Int).SetString(text, base)
}

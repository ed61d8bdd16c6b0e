package ir

import (
	"math"
	"math/big"
	"strings"

	"decree/rules"
)

// exactFloats is the largest whole number up to which a float64 tells each from its neighbours.
const exactFloats = 1 << 53

// numbered gives the tests of an unquoted number. YAML reads 0x17 as 23, and a log holds what it holds: the text as
// written is looked for too, wherever it is another than the number's digits.
func numbered(c *chain, v rules.Value) []Test {
	digits := number(v.Number)
	tests := []Test{&Number{"eq", []float64{v.Number}}}
	if c.item.Field == "" {
		return tests // a keyword is the text as written
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

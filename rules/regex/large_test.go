package regex

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestLargeExpressionsAreReadInTime reads expressions of many parts, deep ones, and ones that count far.
func TestLargeExpressionsAreReadInTime(t *testing.T) {
	for _, c := range []struct {
		name, expr, wrong string
	}{
		{"long", strings.Repeat("abc$|", 1) + strings.Repeat("x", 200_000), ""},
		{"many alternatives", strings.Repeat("a[b-c]d|", 30_000) + "e", ""},
		{"deep", strings.Repeat("(?:a|b", 200) + strings.Repeat(")*", 200), ""},
		{"deep in look-aheads", strings.Repeat("(?=a", 200) + strings.Repeat(")", 200), ""},
		{"a group that refers to itself, behind", `(?<=(a\1))b`, "a look-behind must have a fixed length"},
		{"groups that refer to groups, behind", `()(?<=` + strings.Repeat(`(\g{-2}\g{-2})`, 80) + `)`, ""},
		{"too deep", strings.Repeat("(", 300) + strings.Repeat(")", 300), "parentheses are nested more than 250 deep"},
		{"too large", `(?:(?:(?:ab){100}){100}){100}`, "the expression is too large"},
		{"far", `a{65535}b{0,65535}`, ""},
		{"too far", `a{65536}`, "a repetition counts to 65535 at most"},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			e, err := Parse(c.expr, "i")
			if c.wrong != "" {
				assert.ErrorContains(t, err, c.wrong)
			} else if assert.NoError(t, err) {
				for _, d := range []Dialect{Go, Rust, PCRE} {
					_, err := e.In(d)
					if d.Backtracks {
						assert.NoError(t, err)
					}
				}
				e.Expanded()
			}
			assert.Less(t, time.Since(began), time.Minute)
		})
	}
}

package kql

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/ir"
)

func TestRegexes(t *testing.T) {
	for _, c := range []struct{ name, expr, flags, want string }{
		{"as the author wrote it", `^(?:a|b.)\\[^x-z]{2,3}?\.exe`, "i", `(?i)^(?:a|b.)\\[^x-z]{2,3}?\.exe`},
		{"the end, and a newline before it", `a$|b\Z`, "", `a\n?$|b\n?\z`},
		{"lines", `^a$`, "m", `(?m)^a$`},
		{"classes of ASCII, not of Unicode", `\d\w\s\D\W\S`, "", `[0-9][0-9A-Za-z_][\t-\r ][^0-9][^0-9A-Za-z_][^\t-\r ]`},
		{"such classes in a set", `[\d.][^\s\D]`, "", `[0-9.][^\t-\r \x{0}-/:-\x{10FFFF}]`},
		{"such classes, whose case does not matter", `\w[^\W]`, "i", `(?i)(?-i:[0-9A-Za-z_])(?-i:[0-9A-Za-z_])`},
		{"boundaries of words of ASCII", `\bnet\B`, "", `(?-u:\b)net(?-u:\B)`},
		{"signs that would be boundaries of words", `\<a\>`, "", `<a>`},
		{"no number of times", `{a{,2}[{]`, "", `\{a\{,2}[{]`},
		{"no set within a set", `[a[b]`, "", `[a\[b]`},
		{"no sets joined", `[a&&b~~c]`, "", `[a\&\&b\~\~c]`},
		{"ranges, and dashes that are none", `[+--][\d-a][a-]`, "", `[+-\-][0-9\-a][a\-]`},
		{"characters that are written otherwise", `\012\101\u00e9\cA`, "", `\nAé\x{1}`},
		{"quoted", `\Q.{\E+`, "", `\.\{+`},
		{"a property not had", `\p{^Greek}\P{^Lu}`, "", `\P{Greek}\p{Lu}`},
		{"a look-around at the edge", `(?<!b)[[:digit:]]z(?!\w)`, "", `(?:\A|[^b])[0-9]z(?:[^0-9A-Za-z_]|\z)`},
		{"a look-around at the edge, for what is there", `(?<=a|bc)x(?=d)`, "", `(?:a|bc)x(?:d)`},
		{"repetitions that give nothing back, where nothing follows", `a++|(?>b+)`, "", `a+|(?:b+)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, expression(&ir.Regex{Expr: c.expr, Flags: c.flags}))
		})
	}
}

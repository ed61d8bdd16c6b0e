package spl

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/ir"
)

func TestRegexes(t *testing.T) {
	for _, c := range []struct{ name, expr, flags, want string }{
		{"as the author wrote it", `^(?:a|b.)\\[^x-z]{2,3}?\.exe$`, "i", `(?i)^(?:a|b.)\\[^x-z]{2,3}?\.exe$`},
		{"lines, within", `(?im)^a$|(?-m:b$)`, "", `(?im)^a$|(?-m:b$)`},
		{"classes by their members", `\d\W[^\w.][[:^word:]\D]`, "", `[0-9][^0-9A-Za-z_][^0-9A-Za-z_.][\x{0}-/:-@\[-\^\x{60}\{-\x{10FFFF}\x{0}-/:-\x{10FFFF}]`},
		{"classes, which have no cases", `\w[\d\w]`, "i", `(?i)(?-i:[0-9A-Za-z_])(?-i:[0-9A-Za-z_])`},
		{"spaces", `a\s[\s.]\S\h\v`, "", `a[\t-\r ][\t-\r .][^\t-\r ][\t \x{A0}\x{1680}\x{180E}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}][\n-\r\x{85}\x{2028}\x{2029}]`},
		{"no number of times", `a{,2}[{,]`, "", `a\{,2}[{,]`},
		{"octal, which may be a group's number", `(a)\12\1`, "", `(a)\n\g{1}`},
		{"quoted", `\Qa$\E+\\Q$\Q.`, "", `a\$+\\Q$\.`},
		{"characters that a query cannot hold", "a`\n\\`$", "", `a\x{60}\n\x{60}$`},
		{"characters that PCRE writes otherwise", `abc\u00e9x\u{e9}`, "", `abcéxé`},
		{"what backtracks", `(?<!a|bc)(?=x)(?>b+)c*+(?(1)d)(e)?`, "", `(?<!a|bc)(?=x)(?>b+)c*+(?:(?(1)d|))(e)?`},
		{"groups that are numbered alike", `(?|(a)|(b))\1`, "", `(?|(a)|(b))\g{1}`},
		{"groups of one name", `(?J)(?<n>a)|(?<n>b)\k<n>`, "", `(a)|(b)(?(1)\g{1}|\g{2})`},
		{"comments and spaces", `(?x) a b # c`, "", `ab`},
		{"a dash beside a class", `[\w-.]`, "", `[0-9A-Za-z_\-.]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := expression(&ir.Regex{Expr: c.expr, Flags: c.flags})
			assert.True(t, ok)
			assert.Equal(t, c.want, got)
		})
	}
}

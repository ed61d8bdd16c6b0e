package spl

import (
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
)

func TestRegexes(t *testing.T) {
	for _, c := range []struct{ name, expr, flags, want string }{
		{"the end, without a newline before it", `a$`, "", `a\z`},
		{"in a branch", `(a$|b$)c?$`, "i", `(?i)(a\z|b\z)c?\z`},
		{"escaped", `\$a\\$`, "", `\$a\\\z`},
		{"in a set", `[$]$`, "", `[$]\z`},
		{"in a set that begins with a bracket", `[]$][^]$]$`, "", `[]$][^]$]\z`},
		{"in a set with a class", `[[:alpha:]$]$`, "", `[A-Za-z$]\z`},
		{"in a set after an escape", `[\]$]$`, "", `[\]$]\z`},
		{"of lines", `^a$`, "m", `(?m)(?:^|(?<=\n)\z)a$`},
		{"spaces, which PCRE has one more of", `a\s[\s.]\S[^\S]`, "", `a[\t\n\f\r ][\t\n\f\r .][^\t\n\f\r ][^\S\x0b]`},
		{"classes of ASCII", `\d\W[^\w.][[:^word:]\D]`, "i", `(?i)[0-9][^0-9A-Za-z_][^0-9A-Za-z_.][[:^word:]\D]`},
		{"a vertical tab, which to PCRE is any end of a line", `\v[\v]`, "", `\x{B}[\x{B}]`},
		{"no number of times", `a{,2}[{,]`, "", `a\{,2}[{,]`},
		{"of lines, within", `(?im)a$`, "", `(?im)a$`},
		{"octal, which to PCRE may be a group's number", `(a)\12`, "", `(a)\x{A}`},
		{"quoted", `\Qa$\E+\\Q$\Q.`, "", `a\$+\\Q\z\.`},
		{"a character that a query cannot hold", "a`\n\\`$", "", `a\x{60}\x{A}\x{60}\z`},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, regex(&ir.Regex{Expr: c.expr, Flags: c.flags}))
		})
	}
	assert.Equal(t, `(?!a)b$`, regex(&ir.Regex{Expr: `(?!a)b$`, Backtracking: true}), "what runs those in the engine does as PCRE")
}

// FuzzRegexesKeepTheirMeaning holds that what is written is what the author wrote, but for what the end is called.
func FuzzRegexesKeepTheirMeaning(f *testing.F) {
	for _, seed := range []string{`a$`, `[]$]$`, `[[:alpha:]$]`, "(?m)`$", `\Q$\E$`, `(a|b$)\n$`, `[\]$]`, `[^]$]`, `[a[:]$]$`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		want, err := syntax.Parse(expr, syntax.Perl)
		if err != nil {
			return
		}
		if !oneReading(&ir.Regex{Expr: expr}) {
			return // refused
		}
		got, err := syntax.Parse(strings.ReplaceAll(regex(&ir.Regex{Expr: expr}), lineBegin, "^"), syntax.Perl)
		require.NoError(t, err, expr)
		assert.True(t, plainEnds(want).Equal(plainEnds(got)), "%q: %s %s", expr, want, got)
	})
}

// plainEnds forgets how the end was written.
func plainEnds(e *syntax.Regexp) *syntax.Regexp {
	e.Flags &^= syntax.WasDollar
	for _, sub := range e.Sub {
		plainEnds(sub)
	}
	return e
}

func TestAPartOfLinesIsRefused(t *testing.T) {
	for expr, ok := range map[string]bool{`(?m)^a$`: true, `a(?m)^b`: false, `(?m:a$)b$`: false, `b$(?i-s:a)`: true, `(?i)(?m)a$`: false} {
		assert.Equal(t, ok, oneReading(&ir.Regex{Expr: expr}), expr)
	}
}

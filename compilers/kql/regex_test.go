package kql

import (
	re2 "regexp/syntax"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
)

func TestRegexes(t *testing.T) {
	for _, c := range []struct{ name, expr, flags, want string }{
		{"as the author wrote it", `^(?:a|b.)\\[^x-z]{2,3}?\.exe$`, "i", `(?i)^(?:a|b.)\\[^x-z]{2,3}?\.exe$`},
		{"classes of ASCII, not of Unicode", `\d\w\s\D\W\S`, "", `[0-9][0-9A-Za-z_][\t\n\f\r ][^0-9][^0-9A-Za-z_][^\t\n\f\r ]`},
		{"such classes in a set", `[\d.][^\s\D]`, "", `[0-9.][^\t\n\f\r [^0-9]]`},
		{"boundaries of words of ASCII", `\bnet\B`, "", `(?-u:\b)net(?-u:\B)`},
		{"signs that would be boundaries of words", `\<a\>`, "", `<a>`},
		{"no number of times", `{a{,2}[{]`, "", `\{a\{,2}[{]`},
		{"no set within a set", `[a[b]`, "", `[a\[b]`},
		{"no sets joined", `[a&&b~~c]`, "", `[a\&\&b\~\~c]`},
		{"ranges, and dashes that are none", `[+--][\d-a][a-]`, "", `[+-\-][0-9\-a][a\-]`},
		{"octal", `\012\101`, "", `\x{A}\x{41}`},
		{"quoted", `\Q.{\E+`, "", `\.\{+`},
		{"a property not had", `\p{^Greek}\P{^Lu}`, "", `\P{Greek}\p{Lu}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, regexText(&ir.Regex{Expr: c.expr, Flags: c.flags}))
		})
	}
}

// FuzzRegexesKeepTheirMeaning holds that what is written is, to RE2 too, what the author wrote: only sets within sets are not RE2's.
func FuzzRegexesKeepTheirMeaning(f *testing.F) {
	for _, seed := range []string{`a\b[\d-]$`, `[]$]\B`, `[[:alpha:]-]{`, `(?m)\<`, `\Q$\E$`, `[^&&]`, `\17`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		want, err := re2.Parse(expr, re2.Perl)
		if err != nil {
			return
		}
		written := regexText(&ir.Regex{Expr: expr})
		if strings.Contains(written, "[^0-9]") || strings.Contains(written, `[^0-9A-Za-z_]`) || strings.Contains(written, `[^\t\n\f\r ]`) {
			return
		}
		got, err := re2.Parse(strings.NewReplacer(`(?-u:\b)`, `\b`, `(?-u:\B)`, `\B`).Replace(written), re2.Perl)
		require.NoError(t, err, "%q: %q", expr, written)
		assert.True(t, want.Equal(got), "%q: %q: %s %s", expr, written, want, got)
	})
}

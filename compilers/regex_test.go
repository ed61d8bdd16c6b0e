package compilers_test

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
)

// FuzzRegexParts holds that the parts are the whole expression: written one after another, each character by its number alone,
// they mean the same.
func FuzzRegexParts(f *testing.F) {
	for _, seed := range []string{`^a\d+(?i:b|[^\]x-z-]){2,3}$`, `[]a-]`, `[^]-a]`, `[[:alpha:]-[:]x]`, `\Q.[\E]{,2}{`, `\012\1234[\07]\x{41}\x5a`, `\pL\P{Greek}[\p{^Lu}\d-a]`, `(?P<n>a)(?i)(?-s:.)`, `[+--][--/][a-c-e]`, `\Qa`, `[\Q]`, `\<\_\ é[é-ü]`, `a{01}{1001`, "\\v[\x00-\\x{10FFFF}]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		want, err := syntax.Parse(expr, syntax.Perl)
		if err != nil {
			return
		}
		var b strings.Builder
		for _, p := range compilers.RegexParts(expr) {
			if p.Kind == compilers.RegexChar {
				b.WriteString(hexOf(p.Rune))
			} else {
				b.WriteString(p.Text)
			}
		}
		got, err := syntax.Parse(b.String(), syntax.Perl)
		require.NoError(t, err, "%q: %q", expr, b.String())
		assert.True(t, want.Equal(got), "%q: %q", expr, b.String())
	})
}

func hexOf(r rune) string { return fmt.Sprintf(`\x{%x}`, r) }

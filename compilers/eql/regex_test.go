package eql

import (
	"regexp"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"decree/engine/backtrack"
	"decree/rules/ir"
	"decree/rules/regex"
)

// FuzzLucene compares an expression, searched for anywhere, with its translation, which covers the
// whole value. What Lucene's syntax shares with RE2's is read by Go: the translation uses no more.
func FuzzLucene(f *testing.F) {
	for _, s := range []struct{ expr, text string }{
		{`^a\d+$`, "a12"}, {`a|^b|c$`, "xbc"}, {`(?i)ab[^c]`, "xABd"}, {`\w{2,3}\s\S`, "ab c"}, {`a.b`, "a\nb"}, {`(?s)a.b`, "a\nb"}, {`()|a`, ""}, {`[\\/]x\.exe`, `c:\x.exe`},
		{`(a|b)*?c`, "abc"}, {`\x{1F600}|[^\x00-\x7f]`, "\U0001f600"}, {`#@&<>~"`, `#@&<>~"`}, {`$`, "a"}, {`^`, ""}, {`(^a|b)$`, "ab"}, {`a{0}b`, "b"}, {`[[:punct:]]`, "-"},
		{`()*K`, "a"}, {`(?:(?:|a)*)*b`, "aab"},
	} {
		f.Add(s.expr, s.text)
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		if !utf8.ValidString(text) || !utf8.ValidString(expr) {
			t.Skip("a rule's text is valid UTF-8")
		}
		original, err := regex.Parse(expr, "")
		if err != nil {
			t.Skip("no expression of a rule")
		}
		translated, err := expression(&ir.Regex{Expr: expr})
		if err != nil {
			t.Skip("EQL cannot say it")
		}
		whole, err := regexp.Compile(`\A(?s:` + translated + `)\z`)
		if err != nil {
			t.Skip("Go bounds repetition")
		}
		found, known, _ := new(backtrack.Machine).Match(backtrack.Compile(original), text, 1_000_000)
		if !known {
			t.Skip("the reference gave up")
		}
		assert.Equal(t, found, whole.MatchString(text), "%q became %q, of %q", expr, translated, text)
	})
}

package eql

import (
	"regexp"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
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
		original, err := regexp.Compile(expr)
		if err != nil || !utf8.ValidString(text) || !utf8.ValidString(expr) {
			t.Skip()
		}
		translated, err := lucene(expr, "")
		if err != nil {
			t.Skip()
		}
		whole, err := regexp.Compile(`\A(?s:` + translated + `)\z`)
		if err != nil {
			t.Skip("Go bounds repetition")
		}
		assert.Equal(t, original.MatchString(text), whole.MatchString(text), "%q became %q, of %q", expr, translated, text)
	})
}

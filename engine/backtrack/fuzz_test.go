package backtrack

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/regex"
)

// FuzzExpressions reads any text as an expression. What can be read is found in the same texts by each way to run it,
// and as it is written for each engine.
func FuzzExpressions(f *testing.F) {
	for _, s := range [][2]string{
		{`^a\d+$`, "a12\n"}, {`(?<!b)[[:digit:]]z`, "5z"}, {`(?i)(a)\1|[^\W\d]k`, "aA"}, {`(?m)^x*$`, "\n"}, {`(?>a+|b)++c?`, "aab"}, {`(?|(a)|(b))\g{1}`, "bb"},
		{`(?x) a # c` + "\n" + `[ b]`, "a "}, {`\Qa\E{2}\Q`, "aa"}, {`(a*)*(b|)*?$`, "aab"}, {`(?(?=a)ab|c)`, "c"}, {`[]\]-a]`, "]"}, {`\x{110000}`, ""}, {`(?<n>a)(?(<n>)b)`, "ab"}, {`[[:<:]]a\R`, "a\r\n"}, {`(?-i)\pL\p{^Greek}`, "aα"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		if !utf8.ValidString(expr) || !utf8.ValidString(text) || len(text) > 200 {
			t.Skip("a rule's text is valid UTF-8, and a long one takes too many steps")
		}
		e, err := regex.Parse(expr, "")
		if err != nil {
			assert.NotEmpty(t, err.Error())
			return
		}
		var m Machine
		want, known, _ := m.Match(Compile(e), text, 200_000)
		if !known {
			t.Skip("it takes too many steps")
		}
		if written, err := e.In(regex.PCRE); err == nil {
			again, err := regex.Parse(written, "")
			require.NoError(t, err, "%q as %q", expr, written)
			if got, known, _ := m.Match(Compile(again), text, 400_000); known {
				assert.Equal(t, want, got, "%q as %q", expr, written)
			}
		}
		for _, d := range []regex.Dialect{regex.Go, regex.Rust} {
			written, err := e.In(d)
			if err != nil {
				continue
			}
			re, err := regexp.Compile(strings.NewReplacer(regex.Rust.Word, `\b`, regex.Rust.NotWord, `\B`).Replace(written))
			if err != nil {
				require.NotEqual(t, regex.Go, d, "%q as %q: %v", expr, written, err)
				continue
			}
			assert.Equal(t, want, re.MatchString(text), "%q as %q", expr, written)
		}
	})
}

// TestWhatFailedOnceFailsAgain holds that remembering does not change a verdict, and keeps what would take exponential
// time within few steps.
func TestWhatFailedOnceFailsAgain(t *testing.T) {
	long := strings.Repeat("a", 3000)
	for _, c := range []struct {
		expr, text string
		want       bool
	}{
		{`^(?=a)(a+)+$`, long + "b", false}, {`^(?=a)(a+)+$`, long, true}, {`^(?=a)(a|aa)+$`, long + "b", false}, {`^(?=a)(a+?)+?$`, long + "b", false},
		{`^(?=a).*.*.*b$`, long, false}, {`^(?=(a+)+c)`, long + "b", false}, {`^(?>(a+)+)b`, long + "b", true}, {`^(?=a)(?:a{1,3}){2,}b`, long + "b", true},
	} {
		e, err := regex.Parse(c.expr, "")
		require.NoError(t, err)
		got, known, steps := new(Machine).Match(Compile(e), c.text, 1_000_000)
		assert.True(t, known, c.expr)
		assert.Equal(t, c.want, got, c.expr)
		assert.Less(t, steps, 500_000, c.expr)
	}
}

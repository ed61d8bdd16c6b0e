package spl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/backtrack"
	"decree/rules/ir"
	"decree/rules/regex"
)

// unquote reads one quoted SPL string as Splunk does: `\\` and `\"` are escapes, any other
// backslash is itself. It fails when the string ends early or late.
func unquote(t *testing.T, s string) string {
	t.Helper()
	require.True(t, strings.HasPrefix(s, `"`), s)
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			require.Equal(t, len(s)-1, i, "the string ends before its end: %s", s)
			return b.String()
		case s[i] == '\\' && i+1 < len(s) && strings.ContainsRune(`\"`, rune(s[i+1])):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	require.Fail(t, "the string has no end", s)
	return ""
}

var hostile = []string{"", `"`, `\`, `\\`, `\"`, `a\`, `"|delete index=*`, "``` x ```", "`m`", "]", "[search x]", "*", "?", "a*b", "$x$", "%_", "\n\r\t\x00",
	"ÅÆé", "a\u202eb", "a\u200bb", "a\u2028b", "a\u0085b", `C:\Windows\`, `'`, "|", "(?i)", `\x{41}`, "#c", "a-b", `\E`, "/../../x"}

// TestNothingUnseenIsInAQuery spells out what a reader would not see, or would see elsewhere than it stands.
func TestNothingUnseenIsInAQuery(t *testing.T) {
	for _, unseen := range []string{"\u202e", "\u200b", "\u2028", "\u2066", "\u0085", "\x1b", "\x7f"} {
		assert.False(t, plainText("a"+unseen), "%q", unseen)
		assert.NotContains(t, regexLiteral("a"+unseen), unseen)
	}
}

// TestNoParentFolderIsInAQuery as a path: the web interface would take it out.
func TestNoParentFolderIsInAQuery(t *testing.T) {
	_, searched := searchLiteral(ir.Contains, "a/../b")
	assert.False(t, searched)
	assert.False(t, plainText("a/../b"))
	assert.NotContains(t, regexLiteral("a/../b"), "/../")
	for expr, want := range map[string]string{"a/../../b": `"a/..\\/..\\/b"`, `[/../]`: `"[/..\\/]"`, `\/../`: `"\\/..\\/"`, "a/.*/b": `"a/.*/b"`} {
		assert.Equal(t, want, evalPattern(expr))
	}
	assert.True(t, plainText("a/..b"))
}

func FuzzQuote(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		assert.Equal(t, s, unquote(t, evalString(s)))
		if text, ok := searchLiteral(ir.EndsWith, s); ok {
			assert.Equal(t, "*"+s, unquote(t, text))
			assert.Equal(t, 1, strings.Count(text, "*"))
		}
		clean := strings.ToValidUTF8(s, "?")
		for _, op := range []ir.TextOp{ir.Equals, ir.StartsWith, ir.EndsWith, ir.Contains} {
			pattern := unquote(t, evalString(textRegex(&ir.Text{Op: op, Values: []string{clean, "\x01other"}})))
			assert.NotContains(t, pattern, "`")
			re, err := regex.Parse(pattern, "")
			require.NoError(t, err, pattern)
			matched, _, _ := new(backtrack.Machine).Match(backtrack.Compile(re), clean, 1_000_000)
			assert.True(t, matched, "%s does not match %q", pattern, clean)
		}
		assert.NotContains(t, strings.TrimSuffix(strings.TrimPrefix(comment(s), "```"), "```\n"), "`")
		assert.Equal(t, 1, strings.Count(comment(s), "\n"))
	})
}

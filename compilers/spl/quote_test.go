package spl

import (
	"strings"
	"testing"

	"github.com/dlclark/regexp2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
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
	"ÅÆé", `C:\Windows\`, `'`, "|", "(?i)", `\x{41}`, "#c", "a-b", `\E`}

func FuzzQuote(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		assert.Equal(t, s, unquote(t, evalString(s)))
		if text, ok := searchLiteral(true, s, false); ok {
			assert.Equal(t, "*"+s, unquote(t, text))
			assert.Equal(t, 1, strings.Count(text, "*"))
		}
		clean := strings.ToValidUTF8(s, "?")
		for _, op := range []ir.TextOp{ir.Equals, ir.StartsWith, ir.EndsWith, ir.Contains} {
			pattern := unquote(t, evalString(textRegex(&ir.Text{Op: op, Values: []string{clean, "\x01other"}})))
			assert.NotContains(t, pattern, "`")
			matched, err := compilePCRE(t, pattern).MatchString(clean)
			require.NoError(t, err)
			assert.True(t, matched, "%s does not match %q", pattern, clean)
		}
		assert.NotContains(t, strings.TrimSuffix(strings.TrimPrefix(comment(s), "```"), "```\n"), "`")
		assert.Equal(t, 1, strings.Count(comment(s), "\n"))
	})
}

// compilePCRE reads \x{A} as PCRE does, which regexp2 spells \u000A.
func compilePCRE(t *testing.T, pattern string) *regexp2.Regexp {
	t.Helper()
	var b strings.Builder
	for rest := pattern; rest != ""; {
		if strings.HasPrefix(rest, `\\`) {
			b.WriteString(`\\`)
			rest = rest[2:]
			continue
		}
		if hex, after, ok := strings.Cut(strings.TrimPrefix(rest, `\x{`), "}"); strings.HasPrefix(rest, `\x{`) && ok {
			b.WriteString(`\u` + strings.Repeat("0", 4-len(hex)) + hex)
			rest = after
			continue
		}
		b.WriteByte(rest[0])
		rest = rest[1:]
	}
	re, err := regexp2.Compile(b.String(), regexp2.None)
	require.NoError(t, err, pattern)
	return re
}

func TestRegexKeepsItsMeaningWithoutBackticks(t *testing.T) {
	for expr, want := range map[string]string{"a`b": `a\x{60}b`, "a\\`b": `a\x{60}b`, "a\\\\`b": `a\\\x{60}b`, "a\nb": `a\x{A}b`, `a\nb`: `a\nb`} {
		assert.Equal(t, want, regex(&ir.Regex{Expr: expr}), expr)
	}
	assert.Equal(t, `(?im)(?:^|(?<=\n)\z)a$`, regex(&ir.Regex{Expr: "^a$", Flags: "im"}))
}

package kql

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
)

// unquote reads one literal as Kusto does, and fails when it ends early or late.
func unquote(t *testing.T, s string) string {
	t.Helper()
	if body, ok := strings.CutPrefix(s, `@"`); ok {
		require.Equal(t, len(body)-1, strings.Index(body, `"`), "the literal ends before its end: %s", s)
		return body[:len(body)-1]
	}
	require.True(t, strings.HasPrefix(s, `"`), s)
	var out []uint16
	for i := 1; i < len(s); {
		c := s[i]
		require.GreaterOrEqual(t, c, byte(' '), "a bare control character: %q", s)
		switch {
		case c == '"':
			require.Equal(t, len(s)-1, i, "the literal ends before its end: %s", s)
			return string(utf16.Decode(out))
		case c == '\\' && s[i+1] == 'u':
			n, err := strconv.ParseUint(s[i+2:i+6], 16, 16)
			require.NoError(t, err)
			out = append(out, uint16(n))
			i += 6
		case c == '\\':
			plain, known := map[byte]byte{'\\': '\\', '"': '"', 'n': '\n', 'r': '\r', 't': '\t'}[s[i+1]]
			require.True(t, known, "an unknown escape: %s", s)
			out = append(out, uint16(plain))
			i += 2
		default:
			r := []rune(s[i:])[0]
			out = append(out, utf16.Encode([]rune{r})...)
			i += len(string(r))
		}
	}
	require.Fail(t, "the literal has no end", s)
	return ""
}

func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", `"`, `\`, `a\`, `\"`, `" | delete`, "// x", "a\nb", "\r\t\x00\x7f", "\xff\xfe", "@", "'", "ÅÆ\u2028", "\U000E0001", "(?i)", "]", "*?"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean := strings.ToValidUTF8(s, "\uFFFD")
		assert.Equal(t, clean, unquote(t, quote(s)))
		assert.Equal(t, clean, unquote(t, verbatim(clean)))
		assert.Equal(t, 1, strings.Count(comment(s), "\n"))
		assert.True(t, strings.HasPrefix(comment(s), "// "))
		if name := columnName(s); name != s {
			assert.Equal(t, clean, unquote(t, strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")))
		}
		for _, op := range []ir.TextOp{ir.StartsWith, ir.EndsWith, ir.Contains} {
			re, err := regexp.Compile(unquote(t, verbatim(textRegexes(&ir.Text{Op: op}, []string{clean, "\x01other"})[0])))
			require.NoError(t, err)
			assert.True(t, re.MatchString(clean))
		}
		glob, err := regexp.Compile(unquote(t, verbatim(globRegex(&ir.Glob{Parts: []ir.GlobPart{{Literal: clean}, {Wild: '?'}, {Wild: '*'}}}))))
		require.NoError(t, err)
		assert.True(t, glob.MatchString(clean+"\n"))
		assert.False(t, glob.MatchString(clean), "? is one character")
	})
}

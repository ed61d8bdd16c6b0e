package eql

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// decode reads a string literal as the EQL grammar does, written apart from quote. It fails
// if the literal ends early, does not end, or has an escape that the grammar lacks.
func decode(t *testing.T, literal string) string {
	t.Helper()
	require.True(t, strings.HasPrefix(literal, `"`) && len(literal) >= 2)
	rest := literal[1:]
	var out []rune
	for {
		require.NotEmpty(t, rest, "literal does not end: %q", literal)
		switch {
		case rest[0] == '"':
			require.Equal(t, `"`, rest, "literal ends early: %q", literal)
			return string(out)
		case strings.HasPrefix(rest, `\u{`):
			digits, after, ok := strings.Cut(rest[3:], "}")
			require.True(t, ok && len(digits) >= 2 && len(digits) <= 8, literal)
			n, err := strconv.ParseUint(digits, 16, 32)
			require.NoError(t, err)
			out, rest = append(out, rune(n)), after
		case rest[0] == '\\':
			require.GreaterOrEqual(t, len(rest), 2)
			plain, ok := map[byte]rune{'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\'}[rest[1]]
			require.True(t, ok, "unknown escape in %q", literal)
			out, rest = append(out, plain), rest[2:]
		default:
			r := []rune(rest)[0]
			require.NotContains(t, "\n\r", string(r))
			out, rest = append(out, r), rest[len(string(r)):]
		}
	}
}

func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", `a"b`, `\`, `\"`, "\n\r\t\x00", `"""`, "\u2028", "*?", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		assert.Equal(t, strings.ToValidUTF8(s, "\ufffd"), decode(t, quote(s)))
	})
}

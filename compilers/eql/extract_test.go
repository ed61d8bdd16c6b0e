package eql

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

// TestExtracts pins how tests of extracted fields become tests of the fields that they are made of, and what is
// refused.
func TestExtracts(t *testing.T) {
	for _, c := range []struct{ extract, test, want string }{
		{"field: CommandLine, argv: 0", "X: a", `(?process.command_line regex "\\\"[aA](\\\".*)?" or ?process.command_line regex "[aA]([ \t].*)?")`},
		{"field: CommandLine, argv: 0", "X|endswith: a", `(?process.command_line regex "\\\"[^\\\"]*[aA](\\\".*)?" or ?process.command_line regex "([^\\\" \t][^ \t]*)?[aA]([ \t].*)?")`},
		{"field: CommandLine, argv: 0", "X|exists: true", `?process.command_line regex "..*"`},
		{"field: CommandLine, argv: 0", "X: null", `not(?process.command_line regex "..*")`},
		{"field: CommandLine, argv: 1", "X: a", "extract-argv"},
		{"field: CommandLine, split: '/', at: 1", "X|cased: a", `?process.command_line regex "[^\\/]*\\/a(\\/.*)?"`},
		{"field: CommandLine, split: '/', at: -2", "X|startswith|cased: a", `?process.command_line regex "(.*\\/)?a[^\\/]*\\/[^\\/]*"`},
		{"field: CommandLine, split: '/', at: any", "X|contains|cased: a", `?process.command_line regex "(.*\\/)?[^\\/]*a[^\\/]*(\\/.*)?"`},
		{"field: CommandLine, split: '/', at: 0", "X|cased: 'a*b?'", `?process.command_line regex "a[^\\/]*b[^\\/](\\/.*)?"`},
		{"field: CommandLine, split: '/', at: 0", "X|cased: 'a/b'", "false"},
		{"field: CommandLine, split: '/', at: 0", "X|exists: false", `not(?process.command_line regex "[^\\/]*(\\/.*)?")`},
		{"field: CommandLine, split: '/', at: 0", "X|re: a", "eql-unsupported"},
		{"field: CommandLine, split: ab, at: 0", "X: a", "extract-split"},
		{"field: CommandLine, part: host", "X|cased: '[::1]'", `?process.command_line regex "([A-Za-z][A-Za-z0-9+.\\-]*:)?//([^/?\\#]*\\@)?\\[\\:\\:1\\](:[0-9]*)?([/?\\#].*)?"`},
		{"field: CommandLine, part: host", "X|startswith: '[a'", "eql-unsupported"},
		{"field: CommandLine, part: port", "X: '80'", `?process.command_line regex "([A-Za-z][A-Za-z0-9+.\\-]*:)?//([^/?\\#]*\\@)?(\\[[^\\]/?\\#\\@]*\\]|[^:/?\\#\\@\\[\\]]*):80([/?\\#].*)?"`},
		{"field: CommandLine, part: port", "X: x", "false"},
		{"field: CommandLine, part: query", "X|cased: a", `?process.command_line regex "[^?\\#]*\\?a(\\#.*)?"`},
		{"field: CommandLine, part: path", "X: a", "extract-part"},
		{"field: CommandLine, re: '(a)'", "X: a", "extract-re"},
		{"text: '{CommandLine}x'", "X: a", "extract-text"},
		{"field: CommandLine, trim: a", "X: a", "extract-trim"},
		{"field: CommandLine, lower: true", "X: a", `?process.command_line : "a"`},
		{"field: CommandLine, lower: true", "X|cased: [a, B]", `?process.command_line : "a"`},
		{"field: CommandLine, upper: true", "X|cased: a", "false"},
		{"field: CommandLine, upper: true", "X|re: a", "extract-trim"},
		{"field: ProcessId, split: '/', at: 0", "X: a", "eql-unsupported"},
		{"field: CommandLine, map: [{contains: a, to: x}, {contains: b, to: y}]", "X: y", `?process.command_line != null and not(?process.command_line : "*a*") and ?process.command_line : "*b*"`},
		{"field: CommandLine, map: [{contains: a, to: x}], default: y", "X: null", `not(?process.command_line != null and (?process.command_line : "*a*" or true))`},
		{"field: CommandLine, map: [{contains: a, to: x}], default: y, upper: true", "X|cased: Y", `?process.command_line != null and not(?process.command_line : "*a*")`},
		{"field: CommandLine, map: [{contains: a, to: x}]", "X|re: y", "extract-map"},
		{"field: CommandLine, map: [{filename: a, to: x}]", "X: x", "extract-map"},
	} {
		r := lowered.Rule(t, "extract:\n  X: {"+c.extract+"}\ndetection:\n  a: {"+c.test+"}\n  condition: a\n")
		q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "ecs")})
		if q == nil {
			if found[0].Code == compilers.NeverMatches {
				found[0].Code = "false"
			}
			assert.Equal(t, c.want, found[0].Code, "%s: %s", c.extract, c.test)
			continue
		}
		assert.Contains(t, strings.ReplaceAll(q.Text, "\n", " "), c.want, "%s: %s", c.extract, c.test)
	}
}

package conformance

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
)

// perl answers whether patterns are found in texts. Its expressions are those that PCRE took over, with classes of ASCII (/a) as
// PCRE has them unless it is told otherwise.
const perl = `use strict; use warnings; use JSON::PP; local $/; my $all = decode_json(<STDIN>);
print encode_json([map { my ($p, $t) = @$_; my $found = eval { $t =~ /$p/a ? 1 : 0 }; defined $found ? $found : "$@" } @$all]);`

var mvfind = regexp.MustCompile(`mvfind\(F, "((?:\\.|[^"\\])*)"\)`)

// pcreOf gives the expression that a search holds for one of Sigma's.
func pcreOf(t *testing.T, test *ir.Regex) string {
	t.Helper()
	q := compileSPL(t, splRule(&ir.Match{Field: ir.Field{Name: "F"}, Test: test}))
	parts := mvfind.FindStringSubmatch(q.Text)
	require.NotNil(t, parts, q.Text)
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(parts[1])
}

// TestExpressionsMeanTheSameToPCRE holds each expression to what RE2 makes of it, on texts that tell the two apart: newlines at
// the end, vertical tabs, letters beyond ASCII, and what an escape or a set could be taken for.
func TestExpressionsMeanTheSameToPCRE(t *testing.T) {
	if err := exec.Command("perl", "-MJSON::PP", "-e1").Run(); err != nil {
		missing(t, "perl is not installed with its own modules: apt-get install perl")
	}
	exprs := []string{`^$`, `a$`, `^a`, `\Aa\z`, `a.b`, `a\sb`, `a[\s]b`, `a\Sb`, `a[^\s]b`, `a[\S]b`, `\bab\b`, `\w+$`, `[[:space:]]b`, `[^[:alpha:]]$`, `a\vb`, `[\v]`, `\x{41}`, `\Q.$\E$`, `[$]`, `[]a]$`,
		`(a|b$)`, `(?:^|x)a`, `a{2}`, `a{,2}`, `{`, `a{1`, `\d\D`, `(?P<n>a)b`, `(?i)AB$`, `(?s)a.b$`, `(?m)^b$`, `a$|b`, `\pL$`, `[\d\s]$`, `\t\n`, `\.exe$`, `#a b`, `\f`, `\a`, `[a-]$`, `[\]]$`, `\x0b`, `a\.$`}
	flags := []string{"", "i", "s", "m", "ims"}
	texts := []string{"", "\n", "a", "a\n", "ab", "a b", "a\vb", "a\x0cb", "a\nb", "a\rb", "\nb\n", "b\n", "éab", "abé", "a.b", ".$", "$", "]", "aa", "a{,2}", "{", "a{1", "1a", "AB", "AB\n", "x.exe", "x.exe\n", "#a b", "A", "aXb", "-", "a\u0085b", "a\u00a0b", "\v", "\x07", "é"}
	var asked [][2]string
	var want []bool
	var said []string
	for _, expr := range exprs {
		for _, f := range flags {
			plain := expr
			if f != "" {
				plain = "(?" + f + ")" + expr
			}
			re, err := regexp.Compile(plain)
			if err != nil {
				continue // one of those that need backtracking
			}
			pattern := pcreOf(t, &ir.Regex{Expr: expr, Flags: f})
			for _, text := range texts {
				asked, want, said = append(asked, [2]string{pattern, text}), append(want, re.MatchString(text)), append(said, plain)
			}
		}
	}
	var got []any
	ask(t, exec.Command("perl", "-e", perl), asked, &got)
	require.Len(t, got, len(want))
	for i, g := range got {
		assert.Equal(t, map[bool]any{true: 1.0, false: 0.0}[want[i]], g, "%s became %s; on %q", said[i], asked[i][0], asked[i][1])
	}
	t.Logf("%d pairs of expression and text", len(want))
}

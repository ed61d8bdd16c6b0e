package conformance

import (
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/backtrack"
	"decree/rules/regex"
	"decree/tests/fixture"
)

// pcreExpression makes a random expression of what PCRE has, nested to a depth.
func pcreExpression(r *rand.Rand, depth int) string {
	atoms := []string{"a", "b", "s", "k", "é", "\\n", ".", "[ab]", "[^a]", "[[:alpha:]]", "[[:^digit:]]", "[\\W]", "[^\\W_]", "[\\d\\-a]", `\d`, `\D`, `\w`, `\W`, `\s`, `\S`, `\h`, `\H`, `\v`, `\V`, `\R`, `\N`,
		`\b`, `\B`, `^`, `$`, `\A`, `\z`, `\Z`, `\G`, `\x61`, `\x{e9}`, `\141`, `\o{141}`, `\pL`, `\PL`, `\p{Lu}`, `\p{^Ll}`, `\Qa.\E`, `(?#c)`, `(?i)`, `(?-i)`, `(?m)`, `(?s)`, `(?x) a #c` + "\n", `\cJ`, `\e`, `[a-c]`, `[^\n]`, `[é-ü]`, `\K`, "(?U)", "", `(*F)`, `[[:<:]]`, `[[:>:]]`, `[[:upper:]]`}
	inner := func() string { return pcreExpression(r, depth-1) }
	if depth <= 0 || r.IntN(3) == 0 {
		return atoms[r.IntN(len(atoms))]
	}
	switch r.IntN(16) {
	case 0, 1, 2, 3:
		return inner() + inner()
	case 4:
		return "(?:" + inner() + "|" + inner() + ")"
	case 5:
		return "(" + inner() + ")"
	case 6, 7:
		return "(?:" + inner() + ")" + []string{"*", "+", "?", "{2}", "{0,2}", "{1,}"}[r.IntN(6)] + []string{"", "?", "+"}[r.IntN(3)]
	case 8:
		return "(?=" + inner() + ")"
	case 9:
		return "(?!" + inner() + ")"
	case 10:
		return []string{"(?<=", "(?<!"}[r.IntN(2)] + []string{"a", "[ab]", "ab|s", "^", `\b`, "a{2}", "é"}[r.IntN(7)] + ")"
	case 11:
		return "(?>" + inner() + ")"
	case 12:
		return "(" + inner() + `)\1`
	case 13:
		return "(?<n>" + inner() + ")?(?(<n>)" + inner() + "|" + inner() + ")"
	case 14:
		return "(?(?=" + inner() + ")" + inner() + "|" + inner() + ")"
	}
	return "(?i:" + inner() + ")"
}

// askPCRE asks PCRE2 about pairs of an expression and a text.
func askPCRE(t *testing.T, asked [][2]string) (got []any) {
	needPCRE(t)
	ask(t, exec.Command("python3", filepath.Join(root(), "tests", "conformance", "pcre", "regex.py")), asked, &got)
	require.Len(t, got, len(asked))
	return got
}

// TestExpressionsMeanWhatTheyMeanToPCRE holds the engine's two ways to run an expression to PCRE's own.
func TestExpressionsMeanWhatTheyMeanToPCRE(t *testing.T) {
	t.Parallel()
	needPCRE(t)
	r := rand.New(rand.NewPCG(1, 2))
	texts := []string{"", "a", "b", "ab", "aab", "aa", "s", "K", "\u017f", "\u212a", "é", "É", "a\n", "\na", "a\nb", "\n", "\n\n", "a b", "1a", "_", "a.", "AB", "abab", "\r\n", "\r", "\v", "\u00a0", "\u2028", "sk", "aéb", "baa", "\x1b", "a\r\n", "bab\n", "ssk ab"}
	var asked [][2]string
	for range fixture.Times(4_000, 20_000) {
		expr := pcreExpression(r, 4)
		for range 6 {
			asked = append(asked, [2]string{expr, texts[r.IntN(len(texts))]})
		}
	}
	got := askPCRE(t, asked)
	var machine backtrack.Machine
	refused, compared, plain, matches := 0, 0, 0, 0
	for i, pair := range asked {
		e, err := regex.Parse(pair[0], "")
		wrong, isWrong := got[i].(string)
		switch {
		case isWrong && strings.HasPrefix(wrong, "match error"):
			continue // PCRE's own limits
		case isWrong || err != nil:
			refused++
			assert.Equal(t, isWrong, err != nil, "%q: PCRE says %q, we say %v", pair[0], wrong, err)
			continue
		}
		compared++
		if got[i] == true {
			matches++
		}
		found, known, _ := machine.Match(backtrack.Compile(e), pair[1], 1_000_000)
		require.True(t, known, "%q on %q", pair[0], pair[1])
		assert.Equal(t, got[i], found, "%q on %q", pair[0], pair[1])
		if re2, err := e.In(regex.Go); err == nil {
			plain++
			assert.Equal(t, got[i], regexp.MustCompile(re2).MatchString(pair[1]), "%q, as %q, on %q", pair[0], re2, pair[1])
		}
	}
	t.Logf("%d pairs, %d matches, %d by RE2; %d refused", compared, matches, plain, refused)
}

package match

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine/backtrack"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/rules/regex"
	"decree/tests/fixture"
)

// drawExpression draws an expression with long literals, folded or not, behind and beside all that may leave them out.
func drawExpression(r *rand.Rand, depth int) string {
	if depth == 0 || r.IntN(4) == 0 {
		return []string{"abc", "Kelvin", "ſet", "set", "éa", "ΣΑς", "σας", "straße", "STRASSE", "ab", "b", ".", `\w`, "[^a]", `\b`, "^", "$", "日本語", `a\.b`, `\x41bc`, `\Qa.b\E`, `\s`, `cmd\\`, `\/c`, `[aA]bc`}[r.IntN(25)]
	}
	inner := func() string { return drawExpression(r, depth-1) }
	switch r.IntN(9) {
	case 0, 1, 2:
		return inner() + inner()
	case 3:
		return "(?:" + inner() + "|" + inner() + ")"
	case 4:
		return "(" + inner() + ")" + []string{"*", "+", "?", "+?", "{2}", "{0,2}", "{1,}"}[r.IntN(7)]
	case 5:
		return inner() + ".*" + inner()
	case 6:
		return "(?" + []string{"i", "-i", "s", "x"}[r.IntN(4)] + ":" + inner() + ")"
	case 7:
		return "(?" + []string{"=", "!", ">", "<=", "<!"}[r.IntN(5)] + inner() + ")" + inner()
	}
	return "(" + inner() + `)\1`
}

// TestExpressionsAreNotMissed holds expressions to what backtracking alone says of them: neither the literals that are
// looked for first nor the automata change it.
func TestExpressionsAreNotMissed(t *testing.T) {
	letters := []string{"abc", "ABC", "aBc", "Kelvin", "\u212aelvin", "ſet", "set", "SET", "Éa", "ΣΑς", "σας", "ΣΑΣ", "straße", "STRAẞE", "STRASSE", "b", " ", "\n", "日本語", "a.b", "A.B", `cmd\`, "/c", "", "x"}
	compared, matched := 0, 0
	for seed := range fixture.Times(uint64(12), 150) {
		r := rand.New(rand.NewPCG(seed, 5))
		var matches []*ir.Match
		for len(matches) < 30 {
			test := &ir.Regex{Expr: drawExpression(r, 1+r.IntN(4)), Flags: []string{"", "i", "s", "m"}[r.IntN(4)]}
			if _, err := regex.Parse(test.Expr, test.Flags); err == nil {
				matches = append(matches, &ir.Match{Field: ir.Field{Name: "F"}, Test: test})
			}
		}
		m, d, numbers := matcherOf(t, matches, func(i int) bool { return i%2 == 0 })
		for range 15 {
			text := draw(r, letters, 6)
			raw, err := json.Marshal(map[string]string{"F": text})
			require.NoError(t, err)
			require.NoError(t, d.LoadContent(event.TextContent(raw)))
			m.Next()
			for i, is := range matches {
				want, known, _ := new(backtrack.Machine).Match(backtrack.Compile(is.Test.(*ir.Regex).Parse()), text, 1_000_000)
				m.Ask()
				got := m.Holds(numbers[i])
				if !known || m.Usage.Exceeded {
					continue
				}
				if got != want {
					t.Fatalf("seed %d: %s of %q: %v", seed, ir.Describe(is.Test), text, got)
				}
				if found := m.Holding(numbers[i]); got {
					require.Len(t, found, 1)
					require.LessOrEqual(t, found[0].At, len([]rune(strings.ToValidUTF8(text, "?"))))
					matched++
				}
				compared++
			}
		}
	}
	t.Log(compared, "comparisons,", matched, "match")
	require.Positive(t, matched)
}

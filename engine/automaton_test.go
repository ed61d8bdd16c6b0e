package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/rules/ir"
)

// TestAutomatonFindsEveryPattern compares with plain comparisons, on short values and on those
// that are read in parts.
func TestAutomatonFindsEveryPattern(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	word := func(most int) string {
		var b strings.Builder
		for range 1 + r.IntN(most) {
			b.WriteString([]string{"a", "b", `\`, "/", "é", "."}[r.IntN(6)])
		}
		return b.String()
	}
	ops := []ir.TextOp{ir.Equals, ir.StartsWith, ir.EndsWith, ir.Contains, ir.Filename}
	for round := range 60 {
		tree := newTrie()
		type pattern struct {
			op ir.TextOp
			v  string
		}
		var patterns []pattern
		for i := range 40 {
			p := pattern{ops[r.IntN(len(ops))], word(5)}
			patterns = append(patterns, p)
			lay(tree, p.op, p.v, int32(i))
		}
		a := tree.machine()
		for range 40 {
			v := word([]int{3, 10, 400}[r.IntN(3)])
			got := map[int32]bool{}
			for _, i := range a.scan(v, nil) {
				got[i] = true
			}
			for i, p := range patterns {
				require.Equal(t, compareText(p.op, v, p.v), got[int32(i)], "round %d: %q %s %q", round, v, p.op, p.v)
			}
		}
	}
}

// TestLongPatternsAreAskedWhole holds that a value of which only a part is looked for is compared as a whole.
func TestLongPatternsAreAskedWhole(t *testing.T) {
	long := strings.Repeat("é0123456789", 8)
	for _, op := range []ir.TextOp{ir.Equals, ir.StartsWith, ir.EndsWith, ir.Contains, ir.Filename} {
		short := shortText(&ir.Text{Op: op, Values: []string{long, "x"}})
		require.LessOrEqual(t, longest(short.Values), maxPattern)
		for _, v := range []string{long, "z" + long, long + "z", "z" + long + "z", `C:\` + long, long[:40], "x"} {
			v := fold(v)
			whole := slices.ContainsFunc([]string{long, "x"}, func(want string) bool { return compareText(op, v, fold(want)) })
			part := slices.ContainsFunc(short.Values, func(want string) bool { return compareText(short.Op, v, want) })
			require.True(t, part || !whole, fmt.Sprintf("%s %q", op, v))
		}
	}
}

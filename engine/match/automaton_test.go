package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine/fold"
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
		var patterns []pattern
		for i := range 40 {
			patterns = append(patterns, pattern{word([]int{5, 12}[r.IntN(2)]), int32(i), uint8(ops[r.IntN(len(ops))])})
		}
		small, large := newLiterals(patterns, maxCells), newLiterals(patterns, 0)
		require.Nil(t, small.grams)
		require.NotNil(t, large.grams)
		for range 40 {
			v := word([]int{3, 10, 400}[r.IntN(3)])
			if r.IntN(2) == 0 { // so that long patterns are found
				v += patterns[r.IntN(len(patterns))].text
			}
			for _, l := range []*literals{small, large} {
				got := map[int32]bool{}
				for _, i := range l.scan(v) {
					got[i] = true
				}
				for i, p := range patterns {
					require.Equal(t, compareText(ir.TextOp(p.op), v, p.text), got[int32(i)], "round %d: %q %s %q", round, v, ir.TextOp(p.op), p.text)
				}
			}
		}
	}
}

func (l *literals) scan(v string) (hits []int32) {
	if l.machine != nil {
		hits = l.machine.scan(v, hits)
	}
	for _, g := range l.grams {
		hits = g.scan(v, hits)
	}
	return hits
}

// TestPartsIgnoreCase holds the letters of ASCII, and no other byte, to be compared in any case.
func TestPartsIgnoreCase(t *testing.T) {
	for c := range 256 {
		word := uint64(c) | 0x80<<8 | uint64(c)<<16 | 'Q'<<56
		want := uint64(c)
		if c >= 'A' && c <= 'Z' {
			want += 'a' - 'A'
		}
		require.Equal(t, want|0x80<<8|want<<16|'q'<<56, lowerASCII(word), "%#x", c)
	}
}

// TestLongPatternsAreAskedWhole holds that a value of which only a part is looked for is compared as a whole.
func TestLongPatternsAreAskedWhole(t *testing.T) {
	long := strings.Repeat("é0123456789", 8)
	for _, op := range []ir.TextOp{ir.Equals, ir.StartsWith, ir.EndsWith, ir.Contains, ir.Filename} {
		short := shortText(&ir.Text{Op: op, Values: []string{long, "x"}})
		require.LessOrEqual(t, longest(short.Values), maxPattern)
		for _, v := range []string{long, "z" + long, long + "z", "z" + long + "z", `C:\` + long, long[:40], "x"} {
			v := fold.Text(v)
			whole := slices.ContainsFunc([]string{long, "x"}, func(want string) bool { return compareText(op, v, fold.Text(want)) })
			part := slices.ContainsFunc(short.Values, func(want string) bool { return compareText(short.Op, v, want) })
			require.True(t, part || !whole, fmt.Sprintf("%s %q", op, v))
		}
	}
}

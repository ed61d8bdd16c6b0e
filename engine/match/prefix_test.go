package match

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine/fold"
	"decree/rules/ir"
)

// TestTextsThatBeginAlike reads texts that begin alike one after another: each has the atoms that reading it alone finds.
func TestTextsThatBeginAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	letters := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte("abcAB\n"[r.IntN(6)])
		}
		return b.String()
	}
	for range 200 {
		tr := newTrie()
		for atom := range int32(20) {
			lay(tr, []ir.TextOp{ir.Equals, ir.StartsWith, ir.EndsWith, ir.Contains}[r.IntN(4)], fold.Text(letters(1+r.IntN(4))), atom)
		}
		machine := tr.machine()
		var kept lastText
		text := letters(r.IntN(400))
		for range 10 {
			text = text[:r.IntN(len(text)+1)] + letters(r.IntN(200))
			want := machine.scan(text, nil)
			got := machine.scanFrom(text, &kept, nil)
			slices.Sort(want)
			slices.Sort(got)
			require.Equal(t, slices.Compact(want), slices.Compact(got), "%q", text)
			require.Equal(t, text, string(kept.text))
		}
	}
}

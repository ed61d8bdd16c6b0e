package match

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine/event"
	"decree/rules/ir"
)

// TestBothIndexesAreJoined asks for atoms of both indexes of a slot in every event, until they are joined and after:
// each atom holds as its test says, and a pass lists those that make rules candidates.
func TestBothIndexesAreJoined(t *testing.T) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 11))
		letters := alphabets[seed]
		var matches []*ir.Match
		var tests []ir.Test
		for range 30 {
			test := drawTest(r, letters)
			tests = append(tests, test)
			matches = append(matches, &ir.Match{Field: ir.Field{Name: "F"}, Test: test})
		}
		for i := range 2 { // so that neither index is empty
			for range 3 {
				test := &ir.Text{Op: ir.Contains, Values: []string{fmt.Sprint("x", i, r.IntN(9)), "later", "b" + draw(r, letters, 9)}}
				matches = append(matches, &ir.Match{Field: ir.Field{Name: "F"}, Test: test})
			}
		}
		candidate := func(i int) bool { return i%2 == 0 }
		m, d, numbers := matcherOf(t, matches, candidate)
		slot := m.atoms.list[numbers[0]].Slot
		require.NotSame(t, m.first[slot], m.later[slot])
		for n := range leastBoth + 100 {
			values := []string{drawText(r, letters, tests)}
			if r.IntN(4) == 0 {
				values = append(values, drawText(r, letters, tests))
			}
			raw, err := json.Marshal(map[string][]string{"F": values})
			require.NoError(t, err)
			require.NoError(t, d.LoadContent(event.TextContent(raw)))
			m.Next()
			listed := map[int32]bool{}
			for _, a := range m.Scan(slot) {
				listed[a] = true
			}
			for at, is := range matches {
				want := plainly(is.Test, values)
				if got := m.Holds(numbers[at]); got != want {
					t.Fatalf("seed %d, event %d: %s %s of %q: %v", seed, n, is.Field, ir.Describe(is.Test), values, got)
				}
				if m.atoms.ways[numbers[at]].by == byFirst && want != listed[int32(numbers[at])] {
					t.Fatalf("seed %d, event %d: %s %s of %q is not listed rightly", seed, n, is.Field, ir.Describe(is.Test), values)
				}
			}
		}
		require.Same(t, m.first[slot], m.later[slot], "seed %d", seed)
	}
}

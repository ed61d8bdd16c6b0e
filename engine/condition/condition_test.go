package condition

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const atoms, populations, joins = 6, 2, 2

// random makes a tree of some depth.
func random(r *rand.Rand, depth int) *Term {
	if depth == 0 || r.IntN(4) == 0 {
		switch r.IntN(8) {
		case 0:
			return Constant(r.IntN(2) == 0)
		case 1:
			return &Term{Op: Rare, N: r.IntN(populations)}
		case 2:
			return &Term{Op: Joined, N: r.IntN(joins)}
		}
		return OfAtom(r.IntN(atoms))
	}
	some := func(n int) (terms []*Term) {
		for range n {
			terms = append(terms, random(r, depth-1))
		}
		return terms
	}
	switch r.IntN(5) {
	case 0:
		return &Term{Op: And, Terms: some(r.IntN(4))}
	case 1:
		return &Term{Op: Or, Terms: some(r.IntN(4))}
	case 2:
		return &Term{Op: Not, Terms: some(1)}
	case 3:
		return &Term{Op: Named, Name: "n", Terms: some(1)}
	}
	n := 1 + r.IntN(3)
	return &Term{Op: AtLeast, N: 1 + r.IntN(n), Terms: some(n)}
}

// TestProgramsSayWhatTheTreeSays runs random trees on every combination of answers, and holds that one atom of each cover holds where a tree does.
func TestProgramsSayWhatTheTreeSays(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var answers uint
	atom := func(n int) bool { return answers>>n&1 == 1 }
	rare := func(n int) bool { return answers>>(atoms+n)&1 == 1 }
	joined := func(n int) bool { return answers>>(atoms+populations+n)&1 == 1 }
	triggers := func(n int) (int, float64, bool) { return n, float64(n), n%3 != 0 }
	covered := 0
	for range 300 {
		tree := random(r, 4)
		c := NewCompiler(func(n int) int { return atoms - n })
		program := c.Program(tree)
		text, err := program.Text()
		require.NoError(t, err)
		run := c.NewRunner(Answers{atom, rare, joined})
		covers := tree.Covers(triggers)
		covered += min(len(covers), 1)
		assert.True(t, slices.IsSortedFunc(covers, byOften))
		for answers = range 1 << (atoms + populations + joins) {
			want := run.Truth(tree)
			got, err := run.Run(program)
			require.NoError(t, err)
			require.Equal(t, want, got, "%s with %b", text, answers)
			require.True(t, !want || run.Truth(tree.WithoutJoins()), "%s with %b", text, answers)
			for _, cover := range covers {
				require.True(t, !want || slices.ContainsFunc(cover.Atoms, atom), "%s with %b", text, answers)
			}
		}
	}
	assert.Greater(t, covered, 50)
}

// TestParts finds what is below a term.
func TestParts(t *testing.T) {
	tree := &Term{Op: And, Terms: []*Term{{Op: Named, Name: "a", Terms: []*Term{OfAtom(1)}}, {Op: Not, Terms: []*Term{{Op: Named, Name: "b", Terms: []*Term{OfAtom(2)}}}}}}
	names := tree.Names()
	assert.Len(t, names, 2)
	assert.Equal(t, 2, names["b"].Terms[0].N)
	assert.True(t, tree.HasAtom(func(n int) bool { return n == 2 }))
	assert.False(t, tree.HasAtom(func(n int) bool { return n == 3 }))
	wide := &Term{Op: Or}
	for range 3000 {
		wide.Terms = append(wide.Terms, OfAtom(0))
	}
	_, err := NewCompiler(func(int) int { return 1 }).Program(wide).Text()
	assert.NoError(t, err)
}

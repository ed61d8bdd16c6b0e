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

// TestProgramsSayWhatTheTreeSays runs random trees on every combination of answers, and holds that one atom of each
// cover holds where a tree does.
func TestProgramsSayWhatTheTreeSays(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var answers uint
	atom := func(n int) bool { return answers>>n&1 == 1 }
	rare := func(n int) bool { return answers>>(atoms+n)&1 == 1 }
	joined := func(n int) bool { return answers>>(atoms+populations+n)&1 == 1 }
	triggers := func(n int) (int, float64, bool) { return n, float64(n), n%3 != 0 }
	covered, direct := 0, 0
	for range 200 {
		tree := random(r, 4)
		c := NewCompiler(func(n int) int { return atoms - n })
		program := c.Program(tree)
		text, err := program.Text()
		require.NoError(t, err)
		run := c.NewRunner(Answers{atom, rare, joined})
		covers, needs := tree.Covers(triggers), tree.Needs(triggers)
		covered += min(len(covers), 1)
		if program.direct {
			direct++
		}
		assert.True(t, slices.IsSortedFunc(covers, byOften))
		for answers = range 1 << (atoms + populations + joins) {
			want := run.Truth(tree)
			got, err := run.Run(program)
			require.NoError(t, err)
			require.Equal(t, want, got, "%s with %b", text, answers)
			got, err = run.runExpr(program)
			require.NoError(t, err)
			require.Equal(t, want, got, "%s with %b", text, answers)
			require.True(t, !want || run.Truth(tree.WithoutJoins()), "%s with %b", text, answers)
			needed := !slices.ContainsFunc(covers[min(1, len(covers)):], func(c Cover) bool { return !slices.ContainsFunc(c.Atoms, atom) })
			require.Equal(t, needed, needs.Hold(atom), "%s with %b", text, answers)
			for _, cover := range covers {
				require.True(t, !want || slices.ContainsFunc(cover.Atoms, atom), "%s with %b", text, answers)
			}
		}
	}
	assert.Greater(t, covered, 50)
	assert.Greater(t, direct, 50)
	assert.Greater(t, 150, direct)
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

// TestDecisionsAskInOrder holds that a decision asks the same atoms as the expr program, in the same order: what an
// expression may take is counted by rule.
func TestDecisionsAskInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var asked []int
	var answers uint
	atom := func(n int) bool {
		asked = append(asked, n)
		return answers>>n&1 == 1
	}
	for range 300 {
		c := NewCompiler(func(n int) int { return n % 3 })
		program := c.Program(random(r, 4))
		if !program.direct {
			continue
		}
		run := c.NewRunner(Answers{Atom: atom})
		for answers = range 1 << atoms {
			asked = nil
			_, err := run.runExpr(program)
			require.NoError(t, err)
			want := asked
			asked = nil
			_, err = run.Run(program)
			require.NoError(t, err)
			require.Equal(t, want, asked)
		}
	}
}

// BenchmarkProgram gives the cost of a condition of four atoms, directly and as an expr program, and of making each.
func BenchmarkProgram(b *testing.B) {
	tree := &Term{Op: And, Terms: []*Term{OfAtom(0), {Op: Or, Terms: []*Term{OfAtom(1), OfAtom(2)}}, {Op: Not, Terms: []*Term{OfAtom(3)}}}}
	answers := []bool{true, false, true, false}
	c := NewCompiler(func(int) int { return 1 })
	run := c.NewRunner(Answers{Atom: func(n int) bool { return answers[n] }})
	program := c.Program(tree)
	for name, how := range map[string]func(*Program) (bool, error){"direct": run.Run, "expr": run.runExpr} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if matched, err := how(program); err != nil || !matched {
					b.Fatal(matched, err)
				}
			}
		})
		b.Run("make/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if matched, err := how(c.Program(tree)); err != nil || !matched {
					b.Fatal(matched, err)
				}
			}
		})
	}
}

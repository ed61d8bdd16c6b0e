package match

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine/fold"
	"decree/rules/ir"
)

// textOps are the operations that literals decide.
var textOps = []ir.TextOp{ir.Equals, ir.StartsWith, ir.EndsWith, ir.Contains, ir.Filename}

// searchOf makes a search for literals, whose numbers are those of atoms.
func searchOf(all []literal) *search {
	var set literalSet
	for i, l := range all {
		set.add(l.text, l.op, int32(i))
	}
	made := newLiterals(set.patterns)
	return &search{literals: made, work: &scratch{}, seen: make([]uint32, len(made.patterns))}
}

// requireFound holds what a search finds in a text to what each comparison says.
func requireFound(t *testing.T, s *search, all []literal, text string) {
	t.Helper()
	s.begin(1)
	if s.wide {
		text = fold.Text(text)
	}
	s.text(text)
	got := map[int32]bool{}
	for _, atom := range s.hits {
		require.False(t, got[atom], "%q is found twice in %q", all[atom].text, text)
		got[atom] = true
	}
	for i, l := range all {
		require.Equal(t, compareText(l.op, fold.Text(text), l.text), got[int32(i)], "%q %s %q", text, l.op, l.text)
	}
}

// TestLiteralsAreAllFound compares with plain comparisons: patterns of all lengths, some within others, in texts that
// are made of them.
func TestLiteralsAreAllFound(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, letters := range [][]string{{"a", "b", `\`, "/", "é", "."}, {"a", "B", "\x00", " ", "@", "`", "[", "{"}, {"ab", "Ba", "é", "É", "\xff", `\`}} {
		word := func(most int) string {
			var b strings.Builder
			for range 1 + r.IntN(most) {
				b.WriteString(letters[r.IntN(len(letters))])
			}
			return b.String()
		}
		for range 100 {
			var all []literal
			for range 40 {
				all = append(all, literal{fold.Text(word([]int{3, 6, 12, 90, 400}[r.IntN(5)])), textOps[r.IntN(len(textOps))]})
			}
			s := searchOf(all)
			for range 40 {
				text := word([]int{3, 10, 40, 400}[r.IntN(4)])
				for range r.IntN(4) { // so that long patterns are found, at both ends and within
					some := all[r.IntN(len(all))].text
					switch r.IntN(3) {
					case 0:
						text += some
					case 1:
						text = some + text
					case 2:
						text = strings.ToUpper(some)
					}
				}
				requireFound(t, s, all, text)
			}
		}
	}
}

// TestLiteralsAtEveryPlace finds a pattern of each length at each place of texts of each length, alone and beside one
// of two bytes, for which each pair of bytes is looked up.
func TestLiteralsAtEveryPlace(t *testing.T) {
	for length := 1; length <= 20; length++ {
		pattern := "abcdefghijklmnopqrst"[:length]
		all := []literal{}
		for _, op := range textOps {
			all = append(all, literal{pattern, op})
		}
		for range 2 {
			s := searchOf(all)
			for before := range 12 {
				for after := range 12 {
					requireFound(t, s, all, strings.Repeat("-", before)+strings.ToUpper(pattern)+strings.Repeat("-", after))
				}
			}
			all = append(all, literal{"z-", ir.Contains})
		}
	}
}

// TestTextsThatBeginAlike searches long texts one after another, each of which begins like the one before, or like one
// of some before. Two searches take turns, which share what a worker remembers.
func TestTextsThatBeginAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	letters := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte("abcABC\n"[r.IntN(7)])
		}
		return b.String()
	}
	for _, kinds := range []int{1, 3, 2 * mostLong} {
		for range 20 {
			var all [2][]literal
			for range 60 {
				which := r.IntN(2)
				all[which] = append(all[which], literal{fold.Text(letters(1 + r.IntN(12))), textOps[r.IntN(len(textOps))]})
			}
			searches := []*search{searchOf(all[0]), searchOf(all[1])}
			searches[1].work = searches[0].work
			texts := make([]string, kinds)
			for i := range texts {
				texts[i] = letters(shortestLong + 400)
			}
			for range 12 + 2*kinds {
				text := &texts[r.IntN(kinds)]
				*text = (*text)[:r.IntN(len(*text)+1)] + letters(r.IntN(shortestLong))
				which := r.IntN(2)
				requireFound(t, searches[which], all[which], *text)
			}
		}
	}
}

func FuzzLiterals(f *testing.F) {
	f.Add("abc\nd\né\n\\cmd.exe", uint64(1), `C:\ABC\cmd.exe`)
	f.Fuzz(func(t *testing.T, patterns string, seed uint64, text string) {
		r := rand.New(rand.NewPCG(seed, 1))
		var all []literal
		for _, p := range strings.Split(patterns, "\n") {
			if p != "" {
				all = append(all, literal{fold.Text(p), textOps[r.IntN(len(textOps))]})
			}
		}
		if len(all) > 0 {
			requireFound(t, searchOf(all), all, text)
		}
	})
}

// TestPassesAreNumberedAnew: a pattern found very long ago was not found in this pass.
func TestPassesAreNumberedAnew(t *testing.T) {
	all := []literal{{"abc", ir.Contains}, {"x", ir.Equals}}
	s := searchOf(all)
	requireFound(t, s, all, "zabcz")
	s.pass = math.MaxUint32
	for range 3 {
		requireFound(t, s, all, "x")
		requireFound(t, s, all, "zabcz")
	}
}

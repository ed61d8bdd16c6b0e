package dfa

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/tests/fixture"
)

// drawExpr draws an expression of any operators, nested some levels deep.
func drawExpr(r *rand.Rand, depth int) string {
	if depth == 0 || r.IntN(3) == 0 {
		return []string{"a", "b", "ab", "aba", ".", `\s`, `\w`, `\W`, "[^a]", "[a-cx-z]", "é", "[^é]", `\x{fffd}`, "K", "ſ", "(?i:k)", "(?i:s)", "(?i:ß)", "(?i:Σ)", `\pL`, `\n`, "^", "$", `\b`, `\B`, `\A`, `\z`, "(?m:^)", "(?m:$)", "(?s:.)", `\x00`, "日", `[\x{10000}-\x{10ffff}]`, "", `[[:^alpha:]]`}[r.IntN(35)]
	}
	inner := func() string { return drawExpr(r, depth-1) }
	switch r.IntN(6) {
	case 0, 1:
		return inner() + inner()
	case 2:
		return "(?:" + inner() + "|" + inner() + ")"
	case 3:
		return "(" + inner() + ")" + []string{"*", "+", "?", "*?", "+?", "{2}", "{0,3}", "{2,}", "{0}"}[r.IntN(9)]
	case 4:
		return inner() + ".*" + inner()
	}
	return "(?" + []string{"i", "s", "m", "im", "U"}[r.IntN(5)] + ":" + inner() + ")"
}

var strangeLetters = []string{"a", "b", "c", "x", "A", "B", "k", "K", "\u212a", "s", "S", "ſ", "ß", "ẞ", "σ", "ς", "é", "É", "\n", "\r\n", " ", "_", "0", "\x00", "\xff", "\xc3", "\xe6\x97", "\xf0\x9f\x98", "\xed\xa0\x80", "日", "😀", "\ufffd", "\U0010ffff"}

// TestStrangeExpressions asks any expressions of texts long enough that pairs are learned, by machines that share a
// pool with hardly any room, that drop states in the middle of a text or that leave the rest to regexp, each as regexp
// itself answers.
func TestStrangeExpressions(t *testing.T) {
	dropped, left, compared := 0, 0, 0
	for seed := range fixture.Times(uint64(60), 500) {
		r := rand.New(rand.NewPCG(seed, 3))
		pool := &Pool{}
		var machines []*Machine
		var finders []*Finder
		for len(machines) < 4 {
			re, err := regexp.Compile(drawExpr(r, 1+r.IntN(5)))
			if err != nil {
				continue
			}
			p := New(re)
			machines, finders = append(machines, p.NewMachine(pool)), append(finders, p.NewFinder(pool))
		}
		letters := make([]string, 2+r.IntN(6))
		for i := range letters {
			letters[i] = strangeLetters[r.IntN(len(strangeLetters))]
		}
		text := ""
		for range 12 {
			var b strings.Builder
			for range r.IntN([]int{3, 10, 60, 900}[r.IntN(4)]) {
				b.WriteString(letters[r.IntN(len(letters))])
			}
			if r.IntN(3) > 0 {
				text = b.String()
			} else {
				text = text[:r.IntN(len(text)+1)] + b.String()
			}
			room := r.IntN(3) == 0 // none is left
			if room {
				pool.bytes += poolBytes
			}
			for i, m := range machines {
				want := m.p.re.MatchString(text)
				switch r.IntN(12) {
				case 0:
					m.credit = r.IntN(100)
				case 1, 2:
					m.credit = beginsWith
				}
				states := len(m.states)
				require.Equal(t, want, m.Match(text), "seed %d: %q of %q", seed, m.p.re, text)
				if len(m.states) < states {
					dropped++
				}
				if m.credit < 0 {
					left++
				}
				requireFound(t, finders[i], m.p.re, text)
				compared++
			}
			if room {
				pool.bytes -= poolBytes
			}
			held := 0
			for i, m := range machines {
				held += m.bytes + finders[i].m.bytes
			}
			require.Equal(t, held, pool.bytes)
		}
	}
	t.Log(compared, "comparisons,", dropped, "times states were dropped,", left, "times regexp went on")
	require.Positive(t, dropped)
	require.Positive(t, left)
}

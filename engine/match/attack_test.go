package match

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine/event"
	"decree/engine/fold"
	"decree/rules/ir"
	"decree/tests/fixture"
)

// alphabets are letters that patterns and texts are made of. Few letters make patterns overlap and stand in texts by
// chance. K and ſ fold to letters of ASCII in Unicode alone; bytes that differ in the bit of case alone are no letters.
var alphabets = [][]string{
	{"a"}, {"a", "B"}, {"a", "b", `\`, "/", ".", "-"}, {"@", "`", "[", "{", "\x00", " ", "A", "a"},
	{"k", "K", "K", "s", "S", "ſ"}, {"é", "É", "e", "ß", "ẞ", "Σ", "σ", "ς", "İ", "ı", "i"}, {"\\", "cmd", ".exe", "Power", "shell", " -", "e", "nc"}, {"ab", "bA", "aBa", "日", "本"},
}

// draw draws a text of some letters, of so many at most.
func draw(r *rand.Rand, letters []string, most int) string {
	var b strings.Builder
	for range r.IntN(most + 1) {
		b.WriteString(letters[r.IntN(len(letters))])
	}
	return b.String()
}

// drawTest draws a test: texts with any operation, some of them cased or of the last component of a path, wildcards
// around short literals, or numbers.
func drawTest(r *rand.Rand, letters []string) ir.Test {
	value := func() string {
		return draw(r, letters, []int{1, 2, 3, 4, 5, 8, 9, 17, 33, 40, 90}[r.IntN(11)])
	}
	switch r.IntN(12) {
	case 0:
		return &ir.Number{Op: "eq", Values: []float64{float64(r.IntN(5)), float64(r.IntN(100))}}
	case 1:
		return &ir.Glob{Cased: r.IntN(4) == 0, Parts: []ir.GlobPart{{Literal: value() + "a"}, {Wild: '*'}, {Literal: value() + "b"}, {Wild: '?'}, {Literal: "a"}}}
	case 2:
		return &ir.Glob{Parts: []ir.GlobPart{{Wild: '*'}, {Literal: value() + "a"}, {Wild: "?*"[r.IntN(2)]}, {Literal: "b" + value()}, {Wild: '*'}}}
	case 3:
		return &ir.OfFilename{Test: &ir.Text{Op: ir.TextOp(r.IntN(int(ir.Filename))), Values: []string{"a" + value()}}}
	}
	t := &ir.Text{Op: ir.TextOp(r.IntN(int(ir.Word) + 1)), Cased: r.IntN(8) == 0}
	for range 1 + r.IntN([]int{1, 3, 30}[r.IntN(3)]) {
		t.Values = append(t.Values, value())
	}
	return t
}

// drawText draws a value of an event: letters with some of the values in them, at its ends and within, in any case, up
// to 64 KiB and around the lengths at which something changes.
func drawText(r *rand.Rand, letters []string, tests []ir.Test) string {
	if r.IntN(12) == 0 {
		return fmt.Sprint(r.IntN(100))
	}
	text := draw(r, letters, []int{3, 8, 9, 17, 40, 300, 600}[r.IntN(7)])
	if r.IntN(100) == 0 {
		text = strings.Repeat(text+"-", 1+(longestLong-400)/(len(text)+1))
		text += draw(r, letters, 500)
	}
	for range min(len(tests), r.IntN(4)) {
		of, ok := tests[r.IntN(len(tests))].(*ir.Text)
		if !ok {
			continue
		}
		some := of.Values[r.IntN(len(of.Values))]
		switch r.IntN(4) {
		case 0:
			text += some
		case 1:
			text = some + text
		case 2:
			text = text[:len(text)/2] + strings.ToUpper(some) + text[len(text)/2:]
		case 3:
			text = strings.ToUpper(some)
		}
	}
	return strings.ToValidUTF8(text, "?")
}

// plainly asks a test of the texts of a column without any index.
func plainly(t ir.Test, texts []string) bool {
	p := prepare(t)
	for _, v := range texts {
		if p.folds {
			v = fold.Text(v)
		}
		if p.name {
			v = lastPart(v)
		}
		if of, ok := p.test.(*ir.Text); ok {
			for _, want := range p.values {
				if compareText(of.Op, v, want) {
					return true
				}
			}
		} else if p.name = false; p.holds(v) {
			return true
		}
	}
	return false
}

// TestTheIndexesOfManyColumns holds every atom to its plain test: of several columns, searched in one pass or when a
// program asks, of one text or several, of texts that repeat or begin as the one before.
func TestTheIndexesOfManyColumns(t *testing.T) {
	const columns = 4
	compared := 0
	for seed := range fixture.Times(uint64(6), 24) {
		r := rand.New(rand.NewPCG(seed, 9))
		letters := alphabets[r.IntN(len(alphabets))]
		var matches []*ir.Match
		var tests []ir.Test
		for range 2 + r.IntN([]int{20, 200}[r.IntN(2)]) {
			test := drawTest(r, letters)
			tests = append(tests, test)
			matches = append(matches, &ir.Match{Field: ir.Field{Name: fmt.Sprintf("F%d", r.IntN(columns))}, Test: test})
		}
		share := r.IntN(4)
		m, d, numbers := matcherOf(t, matches, func(i int) bool { return i%4 < share })
		values := map[string][]string{}
		for range 60 {
			for c := range columns {
				name := fmt.Sprintf("F%d", c)
				switch r.IntN(5) {
				case 0: // as in the event before
				case 1:
					delete(values, name)
				case 2:
					values[name] = []string{drawText(r, letters, tests), drawText(r, letters, tests)}
				case 3:
					if v := values[name]; len(v) == 1 && len(v[0]) > 0 {
						values[name] = []string{strings.ToValidUTF8(v[0][:r.IntN(len(v[0]))], "?") + draw(r, letters, 600)}
						break
					}
					fallthrough
				default:
					values[name] = []string{drawText(r, letters, tests)}
				}
			}
			raw, err := json.Marshal(values)
			require.NoError(t, err)
			require.NoError(t, d.LoadContent(event.TextContent(raw)))
			m.Next()
			scanned := map[int32]bool{}
			if r.IntN(2) == 0 {
				for _, at := range numbers {
					for _, a := range m.Scan(m.atoms.list[at].Slot) {
						scanned[a] = true
					}
				}
			}
			for _, at := range r.Perm(len(matches)) {
				is := matches[at]
				want := plainly(is.Test, values[is.Field.Name])
				require.Equal(t, want, m.Holds(numbers[at]), "seed %d: %s %s of %q", seed, is.Field, ir.Describe(is.Test), values[is.Field.Name])
				require.False(t, scanned[int32(numbers[at])] && !want)
				compared++
			}
		}
	}
	t.Log(compared, "comparisons")
}

// TestAnyLiteralsInAnyText compares random literals with plain comparisons, in texts of all lengths up to 64 KiB.
func TestAnyLiteralsInAnyText(t *testing.T) {
	compared := 0
	for seed := range fixture.Times(uint64(20), 120) {
		r := rand.New(rand.NewPCG(seed, 10))
		letters := alphabets[r.IntN(len(alphabets))]
		var all []literal
		var tests []ir.Test
		for range 1 + r.IntN([]int{10, 60, 300}[r.IntN(3)]) {
			if v := fold.Text(draw(r, letters, []int{1, 2, 3, 4, 7, 8, 9, 16, 33, 70}[r.IntN(10)])); v != "" {
				op := textOps[r.IntN(len(textOps))]
				all = append(all, literal{v, op})
				tests = append(tests, &ir.Text{Op: op, Values: []string{v}})
			}
		}
		if len(all) == 0 {
			continue
		}
		s := searchOf(all)
		text := ""
		for range 20 {
			if r.IntN(3) > 0 {
				text = drawText(r, letters, tests)
			} else {
				text = text[:r.IntN(len(text)+1)] + draw(r, letters, 700)
			}
			requireFound(t, s, all, text)
			compared += len(all)
		}
	}
	t.Log(compared, "comparisons")
}

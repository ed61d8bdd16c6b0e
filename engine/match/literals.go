package match

import (
	"math"
	"strings"

	"decree/rules/ir"
)

// pattern is one folded literal of an atom that a slot's texts are searched for.
type pattern struct {
	text string
	atom int32
	op   uint8 // an ir.TextOp
}

// literals finds every text atom of a slot in one pass over a text. If the table is small enough, all patterns are in one
// automaton, where a step is one look-up. The table grows with the number of patterns times the letters in use. So of many
// patterns only the shortest are in it, and the others are found by their parts, in memory that grows with the patterns alone.
type literals struct {
	machine *automaton
	grams   []*gramIndex
}

// maxCells bounds an automaton's table: 64 MiB.
const maxCells = 16 << 20

// newLiterals compiles patterns; nil if there are more than can be numbered.
func newLiterals(patterns []pattern, most int) *literals {
	if len(patterns) == 0 {
		return &literals{}
	}
	if a := machineOf(patterns, most); a != nil {
		return &literals{machine: a}
	}
	out := &literals{}
	var short []pattern
	by := map[int][]pattern{}
	for _, p := range patterns {
		if size := gramSize(p.text); size > 0 {
			by[size] = append(by[size], p)
		} else {
			short = append(short, p)
		}
	}
	for _, size := range gramSizes {
		if len(by[size]) > math.MaxInt32 {
			return nil
		}
		if len(by[size]) > 0 {
			out.grams = append(out.grams, newGramIndex(by[size], size))
		}
	}
	if len(short) > 0 {
		if out.machine = machineOf(short, math.MaxInt32); out.machine == nil {
			return nil
		}
	}
	return out
}

// machineOf makes an automaton of patterns; nil when its table would have more than so many cells.
func machineOf(patterns []pattern, cells int) *automaton {
	t := newTrie()
	for _, p := range patterns {
		lay(t, ir.TextOp(p.op), p.text, p.atom)
		if t.cells() > cells {
			return nil
		}
	}
	return t.machine()
}

// lay puts a text test into a trie as patterns between the marks.
func lay(t *trie, op ir.TextOp, v string, atom int32) {
	switch op {
	case ir.Equals:
		t.add(true, v, true, atom)
	case ir.StartsWith:
		t.add(true, v, false, atom)
	case ir.EndsWith:
		t.add(false, v, true, atom)
	case ir.Contains:
		t.add(false, v, false, atom)
	case ir.Filename:
		if strings.ContainsAny(v, `\/`) {
			return // the last component has no separator
		}
		t.add(true, v, true, atom)
		t.add(false, `\`+v, true, atom)
		t.add(false, "/"+v, true, atom)
	}
}

// stands tells whether a pattern matches at a position of a text, given that its letters do.
func (p *pattern) stands(v string, at int) bool {
	atBegin, atEnd := at == 0, at+len(p.text) == len(v)
	switch ir.TextOp(p.op) {
	case ir.Equals:
		return atBegin && atEnd
	case ir.StartsWith:
		return atBegin
	case ir.EndsWith:
		return atEnd
	case ir.Contains:
		return true
	case ir.Filename:
		return atEnd && (atBegin || v[at-1] == '\\' || v[at-1] == '/') && !strings.ContainsAny(p.text, `\/`)
	}
	panic("match: unknown text operation")
}

package match

import (
	"encoding/binary"
	"strings"
	"unsafe"

	"decree/engine/fold"
	"decree/rules/ir"
)

// literal is a folded text that atoms of a slot look for.
type literal struct {
	text string
	op   ir.TextOp
}

// pattern is a literal, and the atoms that look for it.
type pattern struct {
	text  string
	op    uint8 // an ir.TextOp
	atoms []int32
}

// literals finds all text atoms of a slot. What stands at an end of a text is looked up there; what may stand anywhere
// is found by some bytes of it. What this takes grows with the texts alone, and memory with the patterns alone.
type literals struct {
	patterns     []pattern
	starts, ends *ends
	grams        []*grams
	wide         bool // some pattern has letters beyond ASCII
	longest      int  // bytes of a pattern that may stand anywhere
}

// literalSet collects what atoms look for, until all are known.
type literalSet struct {
	patterns []pattern
	numbers  map[literal]uint32
}

// add adds a folded text that an atom looks for, and gives the number of its pattern; ok is false if it is none, or is
// there already: of two alike in one atom, one is kept.
func (s *literalSet) add(text string, op ir.TextOp, atom int32) (n uint32, added bool) {
	if op == ir.Filename && strings.ContainsAny(text, `\/`) {
		return 0, false // the last component has no separator
	}
	if s.numbers == nil {
		s.numbers = map[literal]uint32{}
	}
	n, ok := s.numbers[literal{text, op}]
	if !ok {
		n = uint32(len(s.patterns))
		s.numbers[literal{text, op}] = n
		s.patterns = append(s.patterns, pattern{text: text, op: uint8(op)})
	}
	p := &s.patterns[n]
	if len(p.atoms) > 0 && p.atoms[len(p.atoms)-1] == atom {
		return n, false
	}
	p.atoms = append(p.atoms, atom)
	return n, true
}

// newLiterals makes the tables of patterns.
func newLiterals(patterns []pattern) *literals {
	l := &literals{patterns: patterns}
	var begin, end []uint32
	anywhere := make([][]uint32, len(gramShapes))
	for i := range l.patterns {
		p, n := &l.patterns[i], uint32(i)
		for at := 0; at < len(p.text) && !l.wide; at++ {
			l.wide = p.text[at] >= 0x80
		}
		switch ir.TextOp(p.op) {
		case ir.Equals, ir.StartsWith:
			begin = append(begin, n)
		case ir.EndsWith, ir.Filename:
			end = append(end, n)
		case ir.Contains:
			l.longest = max(l.longest, len(p.text))
			shape := shapeOf(len(p.text))
			anywhere[shape] = append(anywhere[shape], n)
		default:
			panic("match: unknown text operation")
		}
	}
	if len(begin) > 0 {
		l.starts = newEnds(l.patterns, begin, false)
	}
	if len(end) > 0 {
		l.ends = newEnds(l.patterns, end, true)
	}
	if short := anywhere[shortShape]; len(short)+len(anywhere[pairShape]) <= mostPairs {
		anywhere[pairShape], anywhere[shortShape] = append(anywhere[pairShape], short...), nil
	}
	if pairs := anywhere[pairShape]; len(pairs) <= mostPairs && len(anywhere[everyPair]) > 0 {
		anywhere[everyPair], anywhere[pairShape] = append(anywhere[everyPair], pairs...), nil
	}
	for i, numbers := range anywhere {
		if len(numbers) > 0 {
			l.grams = append(l.grams, newGrams(l.patterns, numbers, gramShapes[i]))
		}
	}
	return l
}

// search searches a slot's texts for the atoms of an index. A worker has its own.
type search struct {
	*literals
	numbers map[float64][]int32
	seen    []uint32 // pattern -> pass in which it was found
	pass    uint32
	hits    []int32 // atoms found in this pass
	work    *scratch
	several bool      // texts are searched in this pass
	long    *longText // that was taken last
	kept    bool      // the text that is searched now is remembered there
	event   uint32    // for which it was last asked
	times   uint32    // how often it was searched
	both    uint32    // how often it was searched after the first of its slot
	counted uint32    // event for which values were last compared alone, and how many
	alone   int
	version uint64 // of the value that was searched; 0 if nothing is known
}

func (s *index) newSearch(work *scratch) search {
	return search{literals: s.literals, numbers: s.numbers, work: work, seen: make([]uint32, len(s.literals.patterns))}
}

// begin begins a pass over one text or several, in which each pattern is found at most once.
func (s *search) begin(texts int) {
	if s.pass++; s.pass == 0 { // passes before must not look like this one
		clear(s.seen)
		s.pass = 1
	}
	s.several = texts > 1
	s.hits, s.version = s.hits[:0], 0
}

// text searches a text. Its letters of ASCII may be in any case; others are folded if a pattern has such.
func (s *search) text(v string) {
	if s.starts != nil {
		s.scanEnds(s.starts, v)
	}
	if s.ends != nil {
		s.scanEnds(s.ends, v)
	}
	if len(s.grams) == 0 {
		return
	}
	s.work.rest.set(v)
	from := s.begunAlike(v)
	for _, g := range s.grams {
		s.scanGrams(g, v, from)
	}
}

// found takes down that a pattern stands in a text of this pass.
func (s *search) found(pattern uint32) {
	s.seen[pattern] = s.pass
	s.hits = append(s.hits, s.patterns[pattern].atoms...)
}

// equalLower compares a text whose letters of ASCII may be in any case with a folded one of the same length.
func equalLower(v, folded string) bool {
	if len(folded) < 8 {
		for i := 0; i < len(folded); i++ {
			c := v[i]
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			if c != folded[i] {
				return false
			}
		}
		return true
	}
	for at := 0; at+8 < len(folded); at += 8 {
		if fold.Eight(loadEight(v, at)) != loadEight(folded, at) {
			return false
		}
	}
	return fold.Eight(loadEight(v, len(folded)-8)) == loadEight(folded, len(folded)-8)
}

// loadEight reads eight bytes of a text.
func loadEight(text string, at int) uint64 {
	return binary.LittleEndian.Uint64(unsafe.Slice(unsafe.StringData(text[at:at+8]), 8))
}

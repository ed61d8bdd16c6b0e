package dfa

import (
	"cmp"
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"
)

// classes divide all letters into those that an expression cannot tell apart. The last class is the end of the text.
type classes struct {
	ascii  [utf8.RuneSelf]uint16
	starts []rune   // of ranges of letters, ascending, the first 0
	of     []uint16 // class of each range
	kinds  []kind   // of each class; the last is the end's
}

// count is how many classes there are, with the end's.
func (c *classes) count() int { return len(c.kinds) }

// end is the class of the end of the text.
func (c *classes) end() uint32 { return uint32(len(c.kinds) - 1) }

// find gives a letter's class.
func (c *classes) find(r rune) uint16 {
	at, found := slices.BinarySearch(c.starts, r)
	if !found {
		at--
	}
	return c.of[at]
}

// classesOf divides the letters by what the instructions accept, and says which instruction accepts which class.
func classesOf(insts []syntax.Inst, sees kinds, starts []rune) (c classes, accepts [][]bool) {
	c.starts = starts
	accepts = make([][]bool, len(insts))
	known := map[string]uint16{}
	for _, first := range c.starts {
		seen := []byte{byte(sees.of(first))}
		for i := range insts {
			if readsLetter(&insts[i]) {
				seen = append(seen, bit(insts[i].MatchRune(first)))
			}
		}
		class, ok := known[string(seen)]
		if !ok {
			class = uint16(len(c.kinds))
			known[string(seen)] = class
			c.kinds = append(c.kinds, sees.of(first))
			at := 0
			for i := range insts {
				if readsLetter(&insts[i]) {
					at++
					accepts[i] = append(accepts[i], seen[at] == 1)
				}
			}
		}
		c.of = append(c.of, class)
	}
	c.kinds = append(c.kinds, edge)
	for i := range accepts {
		if accepts[i] != nil {
			accepts[i] = append(accepts[i], false)
		}
	}
	for r := range c.ascii {
		c.ascii[r] = c.find(rune(r))
	}
	return c, accepts
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func readsLetter(i *syntax.Inst) bool {
	switch i.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	return false
}

// cuts lists where ranges of letters begin that an instruction or an assertion may tell from the letter before.
func cuts(insts []syntax.Inst, sees kinds) []rune {
	out := []rune{0}
	add := func(lo, hi rune) { out = append(out, lo, hi+1) }
	if sees.lines {
		add('\n', '\n')
	}
	if sees.words {
		add('0', '9')
		add('A', 'Z')
		add('_', '_')
		add('a', 'z')
	}
	for i := range insts {
		switch in := &insts[i]; {
		case in.Op == syntax.InstRuneAnyNotNL:
			add('\n', '\n')
		case readsLetter(in) && len(in.Rune) == 1:
			add(in.Rune[0], in.Rune[0])
			if syntax.Flags(in.Arg)&syntax.FoldCase != 0 {
				for f := unicode.SimpleFold(in.Rune[0]); f != in.Rune[0]; f = unicode.SimpleFold(f) {
					add(f, f)
				}
			}
		case readsLetter(in):
			for j := 0; j+1 < len(in.Rune); j += 2 {
				add(in.Rune[j], in.Rune[j+1])
			}
		}
	}
	slices.SortFunc(out, cmp.Compare[rune])
	return slices.Compact(out)
}

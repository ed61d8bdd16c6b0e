package dfa

import (
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// Finder finds where the first match of an expression begins. It reads a text from its end, with the reversed
// expression, and goes on after a match: the last one that it ends is the first of the text. A worker has its own.
type Finder struct{ m *Machine }

// hit is the bit of a transition before whose letter a match ends.
const hit = 1 << 31

// NewFinder makes a finder without states.
func (p *Program) NewFinder(pool *Pool) *Finder {
	p.turned.Do(func() { p.reversed = &Program{re: p.re, backwards: true} })
	return &Finder{p.reversed.NewMachine(pool)}
}

// Find gives the byte at which the first match in a text begins, as regexp.FindStringIndex does; -1 if there is none.
func (f *Finder) Find(text string) int {
	m := f.m
	if m.credit < 0 {
		return f.slowly(text)
	}
	found, s := -1, m.begin
	for at := len(text); at > 0; {
		class, width := uint32(0), 1
		if b := text[at-1]; b < utf8.RuneSelf {
			class = uint32(m.p.classes.ascii[b])
		} else {
			var r rune
			r, width = utf8.DecodeLastRuneInString(text[:at])
			class = uint32(m.p.classes.find(r))
		}
		to := m.next[s+class]
		if to == unknown {
			if to = m.step(s, class); m.credit < 0 {
				return f.slowly(text)
			}
		}
		if to&hit != 0 {
			found = at
		}
		if s = to &^ hit; s == never {
			m.earn(len(text) - at)
			return found
		}
		at -= width
	}
	m.earn(len(text))
	end := m.p.classes.end()
	to := m.next[s+end]
	if to == unknown {
		to = m.step(s, end)
	}
	if to&hit != 0 {
		found = 0
	}
	return found
}

// slowly leaves a text to regexp.
func (f *Finder) slowly(text string) int {
	if at := f.m.p.re.FindStringIndex(text); at != nil {
		return at[0]
	}
	return -1
}

// reverse gives the expression that matches a text's letters from the last to the first.
func reverse(tree *syntax.Regexp) *syntax.Regexp {
	out := &syntax.Regexp{Op: tree.Op, Flags: tree.Flags, Rune: tree.Rune, Min: tree.Min, Max: tree.Max, Cap: tree.Cap, Name: tree.Name}
	for _, part := range tree.Sub {
		out.Sub = append(out.Sub, reverse(part))
	}
	switch tree.Op {
	case syntax.OpLiteral:
		out.Rune = slices.Clone(tree.Rune)
		slices.Reverse(out.Rune)
	case syntax.OpConcat:
		slices.Reverse(out.Sub)
	case syntax.OpBeginText:
		out.Op = syntax.OpEndText
	case syntax.OpEndText:
		out.Op = syntax.OpBeginText
	case syntax.OpBeginLine:
		out.Op = syntax.OpEndLine
	case syntax.OpEndLine:
		out.Op = syntax.OpBeginLine
	}
	return out
}

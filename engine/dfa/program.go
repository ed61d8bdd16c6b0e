// Package dfa asks regular expressions of texts by automata that are made as the texts need them. In: expressions of
// the standard library's syntax. Out: whether one matches anywhere in a text, as regexp.MatchString says, and where the
// first match begins.
//
// An automaton reads each letter once, however the expression is made, which is many times faster than regexp where an
// expression has several `.*`. Its states are sets of places in the expression. They are made when a text first needs
// them, kept within a bound of bytes, and dropped together when there are too many. What must stay true: the answer is
// regexp's, for every text, and memory is bounded.
package dfa

import (
	"regexp"
	"regexp/syntax"
	"sync"
)

// Program is an expression. Workers share it, and the first that asks makes its tables.
type Program struct {
	re        *regexp.Regexp
	made      sync.Once
	turned    sync.Once // the reversed one is made
	reversed  *Program  // for finders
	backwards bool      // it reads texts from their end, for a finder
	large     bool      // its tables would be: regexp asks
	insts     []syntax.Inst
	start     uint32
	anchored  bool // it matches only at the beginning of the text
	sees      kinds
	classes   classes
	columns   *columns // nil if they are too many
	needs     []string // which a text must have, one after the other
	accepts   [][]bool // instruction -> class -> whether it accepts its letters; nil for others than those of letters
}

// New gives the program of an expression.
func New(re *regexp.Regexp) *Program { return &Program{re: re} }

// mostCells bounds the instructions times the ranges of letters that they tell apart.
const mostCells = 1 << 18

// make makes the tables. What regexp has compiled, its parser reads again.
func (p *Program) make() {
	tree, err := syntax.Parse(p.re.String(), syntax.Perl)
	if err != nil {
		panic("dfa: " + err.Error())
	}
	tree = tree.Simplify()
	if p.backwards {
		tree = reverse(tree)
	}
	p.needs = needsOf(tree)
	prog, err := syntax.Compile(tree)
	if err != nil {
		panic("dfa: " + err.Error())
	}
	p.insts, p.start, p.anchored = prog.Inst, uint32(prog.Start), prog.StartCond()&syntax.EmptyBeginText != 0
	p.sees = kindsOf(p.insts)
	starts := cuts(p.insts, p.sees)
	if p.large = len(starts)*len(p.insts) > mostCells; !p.large {
		p.classes, p.accepts = classesOf(p.insts, p.sees, starts)
		p.columns = newColumns(&p.classes.ascii)
	}
}

// kind is what assertions see of a letter.
type kind uint8

// The kinds of letters, and the end of a text on either side.
const (
	other kind = iota
	word
	newline
	edge
)

// kinds are those that an expression tells apart.
type kinds struct{ words, lines, begin bool }

func kindsOf(insts []syntax.Inst) (sees kinds) {
	for i := range insts {
		if insts[i].Op != syntax.InstEmptyWidth {
			continue
		}
		op := syntax.EmptyOp(insts[i].Arg)
		sees.words = sees.words || op&(syntax.EmptyWordBoundary|syntax.EmptyNoWordBoundary) != 0
		sees.lines = sees.lines || op&(syntax.EmptyBeginLine|syntax.EmptyEndLine) != 0
		sees.begin = sees.begin || op&syntax.EmptyBeginText != 0
	}
	return sees
}

// of is the kind of a letter, as far as the expression tells kinds apart.
func (k kinds) of(r rune) kind {
	switch {
	case k.words && syntax.IsWordChar(r):
		return word
	case k.lines && r == '\n':
		return newline
	}
	return other
}

// first is the kind of what stands before a text.
func (k kinds) first() kind {
	if k.begin || k.lines {
		return edge
	}
	return other
}

// between lists the assertions that hold between two letters.
func between(before, after kind) syntax.EmptyOp {
	op := syntax.EmptyNoWordBoundary
	if (before == word) != (after == word) {
		op = syntax.EmptyWordBoundary
	}
	if before == edge {
		op |= syntax.EmptyBeginText | syntax.EmptyBeginLine
	}
	if before == newline {
		op |= syntax.EmptyBeginLine
	}
	if after == edge {
		op |= syntax.EmptyEndText | syntax.EmptyEndLine
	}
	if after == newline {
		op |= syntax.EmptyEndLine
	}
	return op
}

// Package backtrack runs regular expressions that RE2 cannot: with look-around, back-references, atomic groups and
// conditions. In: an expression of rules/regex and a text. Out: whether it is found in the text, or that the answer
// would take more steps than were allowed. Steps are counted, not timed, so that an answer is the same on every
// machine.
package backtrack

import (
	"slices"

	"decree/rules/regex"
)

type opcode uint8

const (
	opChar    opcode = iota // the character r
	opSet                   // a character of set
	opRun                   // min to max characters of set, as many as possible, or as few
	opSplit                 // x, and where that fails y
	opJump                  // to x
	opSave                  // the place into register x
	opClose                 // the group x is from register y to the place
	opAssert                // kind
	opEmpty                 // to x if nothing was taken since register y was saved
	opBack                  // x characters back
	opBackref               // what the groups found
	opLook                  // the part behind holds; to x behind it
	opAtomic                // the part behind matches once; to x behind it
	opIf                    // to x unless one of the groups found anything
	opMatch                 // the program, or a part of opLook or opAtomic, has matched
)

type inst struct {
	op       opcode
	r        rune
	x, y     int
	min, max int // of opRun; max is -1 where there is no bound
	lazy     bool
	negative bool
	fold     bool
	kind     regex.Kind
	set      *set
	groups   []int
	memo     int // number among the instructions that choose, or -1
}

// Program is an expression made ready. It is immutable and may be shared between goroutines.
type Program struct {
	insts     []inst
	registers int
	choices   int        // instructions that choose
	reads     bool       // what groups found is read again
	forgets   bool       // what follows from a place depends on nothing else, so that what failed once fails again
	anchored  bool       // it can begin at the text's beginning alone
	first     *[256]bool // bytes that it can begin with; nil: any, or none
}

// Compile makes an expression ready.
func Compile(e *regex.Expression) *Program {
	p := &Program{registers: 2 * (e.Groups + 1), reads: e.Reads, forgets: !e.Reads}
	p.node(e.Root)
	p.emit(inst{op: opMatch})
	for i := range p.insts {
		p.insts[i].memo = -1
		if op := p.insts[i].op; op == opSplit || op == opRun {
			p.insts[i].memo = p.choices
			p.choices++
		}
	}
	p.anchored = anchored(e.Root)
	p.first = firstBytes(e.Root)
	return p
}

func (p *Program) emit(i inst) int {
	p.insts = append(p.insts, i)
	return len(p.insts) - 1
}

func (p *Program) register() int {
	p.registers++
	return p.registers - 1
}

func (p *Program) node(n regex.Node) {
	switch n := n.(type) {
	case *regex.Char, *regex.Set, *regex.Any:
		p.single(n)
	case *regex.Flags:
	case *regex.Assert:
		p.emit(inst{op: opAssert, kind: n.Kind})
	case *regex.Concat:
		for _, part := range n.Parts {
			p.node(part)
		}
	case *regex.Alternate:
		p.alternatives(n.Parts, p.node)
	case *regex.Group:
		p.group(n)
	case *regex.Repeat:
		p.repeat(n)
	case *regex.Look:
		p.look(n)
	case *regex.Backref:
		p.emit(inst{op: opBackref, groups: n.Groups, fold: n.Fold})
	case *regex.Conditional:
		p.conditional(n)
	default:
		panic("backtrack: unknown node")
	}
}

// single is one character.
func (p *Program) single(n regex.Node) {
	if c, ok := n.(*regex.Char); ok && (!c.Fold || !folds(c.Rune)) {
		p.emit(inst{op: opChar, r: c.Rune})
		return
	}
	p.emit(inst{op: opSet, set: setOf(n)})
}

func (p *Program) alternatives(parts []regex.Node, write func(regex.Node)) {
	var ends []int
	for i, part := range parts {
		if i == len(parts)-1 {
			write(part)
			break
		}
		split := p.emit(inst{op: opSplit})
		p.insts[split].x = split + 1
		write(part)
		ends = append(ends, p.emit(inst{op: opJump}))
		p.insts[split].y = len(p.insts)
	}
	for _, end := range ends {
		p.insts[end].x = len(p.insts)
	}
}

func (p *Program) group(n *regex.Group) {
	switch {
	case n.Atomic:
		p.inner(inst{op: opAtomic}, func() { p.node(n.Body) })
	case n.Number > 0 && p.reads:
		began := p.register()
		p.emit(inst{op: opSave, x: began})
		p.node(n.Body)
		p.emit(inst{op: opClose, x: n.Number, y: began})
	default:
		p.node(n.Body)
	}
}

// inner writes a part that is matched by itself.
func (p *Program) inner(i inst, body func()) {
	at := p.emit(i)
	body()
	p.emit(inst{op: opMatch})
	p.insts[at].x = len(p.insts)
}

func (p *Program) look(n *regex.Look) {
	p.inner(inst{op: opLook, negative: n.Negative}, func() {
		if !n.Behind {
			p.node(n.Body)
			return
		}
		parts := []regex.Node{n.Body}
		if alt, ok := n.Body.(*regex.Alternate); ok {
			parts = alt.Parts
		}
		p.alternatives(parts, func(part regex.Node) {
			p.emit(inst{op: opBack, x: n.Lengths[slices.Index(parts, part)]})
			p.node(part)
		})
	})
}

func (p *Program) conditional(n *regex.Conditional) {
	var no int
	if n.Look == nil {
		no = p.emit(inst{op: opIf, groups: n.Groups})
	} else {
		// where the look-around fails the other part is tried, and where it holds that alone
		no = p.emit(inst{op: opSplit})
		p.insts[no].x = no + 1
		p.look(n.Look)
	}
	p.node(n.Yes)
	end := p.emit(inst{op: opJump})
	if n.Look == nil {
		p.insts[no].x = len(p.insts)
	} else {
		p.insts[no].y = len(p.insts)
		opposite := *n.Look
		opposite.Negative = !opposite.Negative
		p.look(&opposite)
	}
	p.node(n.No)
	p.insts[end].x = len(p.insts)
}

func (p *Program) repeat(n *regex.Repeat) {
	if n.Max == 0 {
		return
	}
	if n.Mode == regex.Possessive {
		greedy := *n
		greedy.Mode = regex.Greedy
		p.inner(inst{op: opAtomic}, func() { p.repeat(&greedy) })
		return
	}
	if s := setOf(n.Body); s != nil && !(p.reads && captures(n.Body)) {
		p.emit(inst{op: opRun, set: s, min: n.Min, max: n.Max, lazy: n.Mode == regex.Lazy})
		return
	}
	for range n.Min {
		p.node(n.Body)
	}
	if n.Max < 0 {
		p.loop(n)
		return
	}
	var splits []int
	for range n.Max - n.Min {
		splits = append(splits, p.emit(inst{op: opSplit}))
		p.node(n.Body)
	}
	for _, split := range splits {
		p.choose(split, split+1, len(p.insts), n.Mode)
	}
}

// captures tells whether a part has a group whose text may be read again.
func captures(n regex.Node) bool {
	g, ok := n.(*regex.Group)
	return ok && g.Number > 0 || slices.ContainsFunc(regex.Children(n), captures)
}

// loop repeats without a bound. A turn that takes nothing is the last.
func (p *Program) loop(n *regex.Repeat) {
	split := p.emit(inst{op: opSplit})
	empty := !regex.Takes(n.Body)
	var register int
	if empty {
		p.forgets = false // where the turn began matters, too
		register = p.register()
		p.emit(inst{op: opSave, x: register})
	}
	p.node(n.Body)
	if empty {
		p.emit(inst{op: opEmpty, x: len(p.insts) + 2, y: register})
	}
	p.emit(inst{op: opJump, x: split})
	p.choose(split, split+1, len(p.insts), n.Mode)
}

// choose sets which way a split tries first.
func (p *Program) choose(split, in, out int, mode regex.Mode) {
	if mode == regex.Lazy {
		in, out = out, in
	}
	p.insts[split].x, p.insts[split].y = in, out
}

package eql

import (
	"fmt"
	"regexp/syntax"
	"slices"
)

// maxEffort limits the work of making an expression's automaton deterministic: the sum of the states that are visited
// together. Lucene uses such automata, and in Elasticsearch it gives up at ten times max_determinized_states, for which
// EQL keeps the default of 10,000.
// Lucene's own automata have nearly twice as many states as these, so a third of that limit is used.
// https://www.elastic.co/docs/reference/query-languages/query-dsl/query-dsl-regexp-query
const maxEffort = 10 * 10_000 / 3

// tooComplex tells whether Lucene would give up on an expression. The expression must be one that luceneNode wrote: RE2
// reads these as Lucene does.
func tooComplex(expr string) bool {
	re, err := syntax.Parse("(?s:"+expr+")", syntax.Perl)
	if err != nil {
		return true
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return true
	}
	n := &nfa{prog: prog, runes: distinctRunes(prog), set: 1, reached: make([]int, len(prog.Inst))}
	start := n.closure(nil, uint32(prog.Start))
	seen := map[string]bool{key(start): true}
	effort := 0
	for queue := [][]uint32{start}; len(queue) > 0; queue = queue[1:] {
		effort += len(queue[0])
		if effort > maxEffort {
			return true
		}
		for _, sign := range n.runes {
			next := n.step(queue[0], sign)
			if k := key(next); len(next) > 0 && !seen[k] {
				seen[k] = true
				queue = append(queue, next)
			}
		}
	}
	return false
}

// nfa is an expression's automaton. signs has one character for each class of characters that the expression does not
// distinguish.
type nfa struct {
	prog    *syntax.Prog
	runes   []rune
	set     int   // number of the current set of states, from 1
	reached []int // by state: the last set in which it was reached
}

// distinctRunes lists one character for each class of characters that the expression does not distinguish.
func distinctRunes(prog *syntax.Prog) []rune {
	bounds := []rune{0}
	var parts []*syntax.Inst
	for i := range prog.Inst {
		switch inst := &prog.Inst[i]; inst.Op {
		case syntax.InstRune:
			for i := 0; i+1 < len(inst.Rune); i += 2 {
				bounds = append(bounds, inst.Rune[i], inst.Rune[i+1]+1)
			}
		case syntax.InstRune1:
			bounds = append(bounds, inst.Rune[0], inst.Rune[0]+1)
		default:
			continue
		}
		parts = append(parts, &prog.Inst[i])
	}
	slices.Sort(bounds)
	var all []rune
	seen := map[string]bool{}
	parts = distinct(parts)
	for _, sign := range slices.Compact(bounds) {
		matched := make([]byte, len(parts))
		for i, inst := range parts {
			if inst.MatchRune(sign) {
				matched[i] = 1
			}
		}
		if !seen[string(matched)] {
			seen[string(matched)] = true
			all = append(all, sign)
		}
	}
	return all
}

// distinct keeps one of several parts that match the same characters.
func distinct(parts []*syntax.Inst) []*syntax.Inst {
	seen := map[string]bool{}
	return slices.DeleteFunc(parts, func(inst *syntax.Inst) bool {
		k := string(inst.Rune) + fmt.Sprint(inst.Arg)
		old := seen[k]
		seen[k] = true
		return old
	})
}

// step gives the states after a character, in order.
func (n *nfa) step(states []uint32, sign rune) []uint32 {
	n.set++
	var next []uint32
	for _, pc := range states {
		if inst := &n.prog.Inst[pc]; inst.Op != syntax.InstMatch && inst.MatchRune(sign) {
			next = n.closure(next, inst.Out)
		}
	}
	slices.Sort(next)
	return next
}

// closure adds the states that are reached without a character. A repetition of the empty text, such as ()*, leads back
// to itself.
func (n *nfa) closure(states []uint32, pc uint32) []uint32 {
	if n.reached[pc] == n.set {
		return states
	}
	n.reached[pc] = n.set
	switch inst := &n.prog.Inst[pc]; inst.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		return n.closure(n.closure(states, inst.Out), inst.Arg)
	case syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth:
		return n.closure(states, inst.Out)
	case syntax.InstFail:
		return states
	}
	return append(states, pc)
}

// key names a set of states.
func key(states []uint32) string {
	b := make([]byte, 0, 4*len(states))
	for _, pc := range states {
		b = append(b, byte(pc), byte(pc>>8), byte(pc>>16), byte(pc>>24))
	}
	return string(b)
}

package regex

import (
	"slices"
)

// length is how many characters a part takes, if that is always as many.
func (p *parser) length(n Node) (int, bool) {
	switch n := n.(type) {
	case *Char, *Set, *Any:
		return 1, true
	case *Assert, *Flags, *Look:
		return 0, true
	case *Group:
		return p.length(n.Body)
	case *Repeat:
		each, ok := p.length(n.Body)
		return each * n.Min, ok && n.Min == n.Max
	case *Concat:
		sum := 0
		for _, part := range n.Parts {
			one, ok := p.length(part)
			if sum += one; !ok || sum > maxRepeat {
				return 0, false
			}
		}
		return sum, true
	case *Alternate:
		return p.sameLength(n.Parts)
	case *Conditional:
		return p.sameLength([]Node{n.Yes, n.No})
	case *Backref:
		if len(n.Groups) != 1 || p.bodies[n.Groups[0]] == nil {
			return 0, false
		}
		return p.groupLength(n.Groups[0])
	}
	panic("regex: unknown node")
}

// groupLength is how many characters a group takes. One that refers to itself has no fixed length.
func (p *parser) groupLength(group int) (int, bool) {
	if n, known := p.lengths[group]; known {
		return n, n >= 0
	}
	p.lengths[group] = -1
	if n, ok := p.length(p.bodies[group]); ok {
		p.lengths[group] = n
	}
	return p.lengths[group], p.lengths[group] >= 0
}

func (p *parser) sameLength(parts []Node) (int, bool) {
	first, ok := p.length(parts[0])
	return first, ok && !slices.ContainsFunc(parts[1:], func(n Node) bool {
		other, ok := p.length(n)
		return !ok || other != first
	})
}

// size counts parts, with repetitions written out. What repeats one character is one part to who backtracks.
func size(n Node) int {
	sum := 1
	for _, c := range Children(n) {
		if sum += size(c); sum > maxSize {
			return sum
		}
	}
	if r, ok := n.(*Repeat); ok && !single(r.Body) {
		return sum * max(r.Min, r.Max, 1)
	}
	return sum
}

// Expanded counts what repetitions add to an expression when they are written out, as engines that do not backtrack
// have it.
func (e *Expression) Expanded() int { return expanded(e.Root) }

func expanded(n Node) int {
	sum := 0
	for _, c := range Children(n) {
		if sum += expanded(c); sum > maxSize {
			return sum
		}
	}
	if r, ok := n.(*Repeat); ok {
		times := max(r.Min, r.Max, 1)
		return sum*times + (times-1)*size(r.Body)
	}
	return sum
}

// single tells whether a part is always one character.
func single(n Node) bool {
	switch n.(type) {
	case *Char, *Set, *Any:
		return true
	}
	return false
}

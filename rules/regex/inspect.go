package regex

import (
	"slices"
)

// nullable tells whether a part may take nothing, whatever stands around it; atEnd, where $ holds.
func nullable(n Node, atEnd bool) bool {
	switch n := n.(type) {
	case *Flags:
		return true
	case *Assert:
		return atEnd && (n.Kind == End || n.Kind == EndLine)
	case *Group:
		return !n.Atomic && nullable(n.Body, atEnd)
	case *Repeat:
		return n.Mode != Possessive && (n.Min == 0 || nullable(n.Body, atEnd))
	case *Concat:
		return !slices.ContainsFunc(n.Parts, func(part Node) bool { return !nullable(part, atEnd) })
	case *Alternate:
		return slices.ContainsFunc(n.Parts, func(part Node) bool { return nullable(part, atEnd) })
	}
	return false
}

// Takes tells whether a part takes a character at least.
func Takes(n Node) bool {
	switch n := n.(type) {
	case *Char, *Set, *Any:
		return true
	case *Group:
		return Takes(n.Body)
	case *Repeat:
		return n.Min > 0 && Takes(n.Body)
	case *Concat:
		return slices.ContainsFunc(n.Parts, Takes)
	case *Alternate:
		return !slices.ContainsFunc(n.Parts, func(part Node) bool { return !Takes(part) })
	}
	return false
}

// rigid tells whether a part can match in one way at most.
func rigid(n Node) bool {
	switch n := n.(type) {
	case *Alternate, *Conditional:
		return false
	case *Repeat:
		return n.Min == n.Max && rigid(n.Body)
	}
	return !slices.ContainsFunc(Children(n), func(c Node) bool { return !rigid(c) })
}

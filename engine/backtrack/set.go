package backtrack

import (
	"slices"
	"sort"
	"unicode"
	"unicode/utf8"

	"decree/rules/regex"
)

// set is a set of characters.
type set struct {
	ascii  [128]bool
	ranges []rune // pairs beyond ASCII
}

func (s *set) has(r rune) bool {
	if r < utf8.RuneSelf {
		return s.ascii[r]
	}
	n := len(s.ranges) / 2
	i := sort.Search(n, func(i int) bool { return s.ranges[2*i+1] >= r })
	return i < n && s.ranges[2*i] <= r
}

func folds(r rune) bool { return unicode.SimpleFold(r) != r }

// setOf gives the characters of which a part takes one; nil for a part that is not one character.
func setOf(n regex.Node) *set {
	ranges, ok := regex.Ranges(n)
	if !ok {
		return nil
	}
	s := &set{}
	for i := 0; i < len(ranges); i += 2 {
		low, high := ranges[i], ranges[i+1]
		for r := low; r <= min(high, utf8.RuneSelf-1); r++ {
			s.ascii[r] = true
		}
		if high >= utf8.RuneSelf {
			s.ranges = append(s.ranges, max(low, utf8.RuneSelf), high)
		}
	}
	return s
}

// anchored tells whether a part holds at the text's beginning alone.
func anchored(n regex.Node) bool {
	switch n := n.(type) {
	case *regex.Assert:
		return n.Kind == regex.BeginText
	case *regex.Group:
		return anchored(n.Body)
	case *regex.Concat:
		for _, part := range n.Parts {
			if _, is := part.(*regex.Flags); !is {
				return anchored(part)
			}
		}
	case *regex.Alternate:
		return !slices.ContainsFunc(n.Parts, func(part regex.Node) bool { return !anchored(part) })
	}
	return false
}

// firstBytes gives the bytes that what a part takes begins with; nil if it may take nothing, or that is not known.
func firstBytes(n regex.Node) *[256]bool {
	var first [256]bool
	if begins(n, &first) {
		return nil
	}
	return &first
}

// addBytes adds the bytes with which the characters of the set begin.
func (s *set) addBytes(first *[256]bool) {
	for b := range 256 {
		first[b] = first[b] || b < utf8.RuneSelf && s.ascii[b] || b >= utf8.RuneSelf && s.ranges != nil
	}
}

// begins adds the first bytes of a part, and tells whether it may take nothing.
func begins(n regex.Node, first *[256]bool) (empty bool) {
	if s := setOf(n); s != nil {
		s.addBytes(first)
		return false
	}
	switch n := n.(type) {
	case *regex.Assert, *regex.Flags, *regex.Look:
		return true
	case *regex.Backref: // what the group found is not known
		for b := range 256 {
			first[b] = true
		}
		return true
	case *regex.Conditional:
		yes, no := begins(n.Yes, first), begins(n.No, first)
		return yes || no
	case *regex.Group:
		return begins(n.Body, first)
	case *regex.Repeat:
		return n.Max == 0 || begins(n.Body, first) || n.Min == 0
	case *regex.Concat:
		for _, part := range n.Parts {
			if !begins(part, first) {
				return false
			}
		}
		return true
	case *regex.Alternate:
		for _, part := range n.Parts {
			empty = begins(part, first) || empty
		}
		return empty
	}
	panic("backtrack: unknown node")
}

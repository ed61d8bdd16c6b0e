package regex

import (
	"slices"
	"unicode/utf8"
)

// Gap stands in Texts for what may be several texts: any character, a set, a part that is repeated.
const Gap = '\x00'

const (
	maxTexts    = 64    // bounds how many texts there are
	maxExpanded = 4_096 // bounds the bytes of an expression whose alternatives are written out
)

// Texts writes the expression out as the texts that it looks for, one for each choice of alternatives, in the author's
// case. Of a part with very many, the alternatives stand in one text instead, with a Gap between them.
func (e *Expression) Texts() []string {
	all := [][]byte{flat(e.Root, nil)}
	if len(all[0]) <= maxExpanded {
		all = texts(e.Root)
	}
	out := make([]string, len(all))
	for i, text := range all {
		out[i] = string(text)
	}
	return out
}

// texts gives at most maxTexts texts of a part, which share no memory.
func texts(n Node) [][]byte {
	var all [][]byte
	switch n := n.(type) {
	case *Group:
		return texts(n.Body)
	case *Concat:
		all = [][]byte{nil}
		for _, part := range n.Parts {
			all = followed(all, part)
		}
		return all
	case *Alternate:
		for _, part := range n.Parts {
			all = append(all, texts(part)...)
		}
	case *Repeat:
		switch {
		case n.Min == 1 && n.Max == 1:
			return texts(n.Body)
		case n.Min == 0 && n.Max == 1:
			all = append(texts(n.Body), nil)
		}
	}
	if len(all) == 0 || len(all) > maxTexts {
		return [][]byte{flat(n, nil)}
	}
	return all
}

// followed puts the texts of a part behind each of others.
func followed(before [][]byte, part Node) [][]byte {
	behind := texts(part)
	if len(before)*len(behind) > maxTexts {
		behind = [][]byte{flat(part, nil)}
	}
	if len(behind) == 1 {
		for i := range before {
			before[i] = append(before[i], behind[0]...)
		}
		return before
	}
	var out [][]byte
	for _, text := range before {
		for _, more := range behind {
			out = append(out, slices.Concat(text, more))
		}
	}
	return out
}

// flat writes a part as one text.
func flat(n Node, to []byte) []byte {
	switch n := n.(type) {
	case *Char:
		return utf8.AppendRune(to, n.Rune)
	case *Assert, *Flags:
		return to
	case *Group:
		return flat(n.Body, to)
	case *Concat:
		for _, part := range n.Parts {
			to = flat(part, to)
		}
		return to
	}
	to = append(to, Gap)
	for _, part := range Children(n) {
		to = append(flat(part, to), Gap)
	}
	return to
}

package dfa

import (
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// needsOf lists what stands in each text in which an expression matches, one after the other.
func needsOf(tree *syntax.Regexp) []string {
	var n needs
	n.add(tree)
	n.end()
	return n.found
}

// needs are collected from left to right. Letters in a row are one text.
type needs struct {
	found []string
	run   []byte
}

func (n *needs) add(tree *syntax.Regexp) {
	switch tree.Op {
	case syntax.OpLiteral:
		for _, r := range tree.Rune {
			// A byte that is not UTF-8 is read as U+FFFD, and stands in the text as itself.
			if r == utf8.RuneError || tree.Flags&syntax.FoldCase != 0 && unicode.SimpleFold(r) != r {
				n.end()
				continue
			}
			n.run = utf8.AppendRune(n.run, r)
		}
	case syntax.OpConcat, syntax.OpCapture:
		for _, part := range tree.Sub {
			n.add(part)
		}
	case syntax.OpPlus:
		n.end()
		n.add(tree.Sub[0])
		n.end()
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
	default:
		n.end()
	}
}

func (n *needs) end() {
	if len(n.run) > 0 {
		n.found = append(n.found, string(n.run))
		n.run = n.run[:0]
	}
}

// hasNeeds tells whether a text has what the expression needs, in order.
func (p *Program) hasNeeds(text string) bool {
	for _, need := range p.needs {
		at := strings.Index(text, need)
		if at < 0 {
			return false
		}
		text = text[at+len(need):]
	}
	return true
}

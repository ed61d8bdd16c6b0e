package eql

import (
	"cmp"
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"

	"decree/rules/ir"
	"decree/rules/regex"
)

// maxRegex is Elasticsearch's default index.max_regex_length.
const maxRegex = 1000

var errAnchor = errors.New("the syntax of Lucene has no anchors in the middle of an expression")

// expression translates an expression that may match anywhere in the value to Lucene's syntax. Lucene always matches
// the whole value, and has neither anchors nor \d and \w.
func expression(t *ir.Regex) (string, error) {
	expr, err := t.Parse().In(regex.Go)
	if err != nil {
		return "", err
	}
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return "", err
	}
	text, err := luceneNode(re, ends{left: true, right: true})
	if err != nil {
		return "", err
	}
	if len(text) > maxRegex {
		return "", fmt.Errorf("the translated expression has %d characters; Elasticsearch allows %d", len(text), maxRegex)
	}
	if tooComplex(text) {
		return "", errors.New("the expression needs more states than Elasticsearch allows: a counted repetition follows a part that may begin anywhere")
	}
	return text, nil
}

// ends tells at which ends of the whole expression a part of it is. Any text may come beyond such an end, unless the
// expression is anchored there.
type ends struct{ left, right bool }

// luceneNode translates a node.
func luceneNode(re *syntax.Regexp, at ends) (string, error) {
	switch re.Op {
	case syntax.OpCapture:
		return luceneNode(re.Sub[0], at)
	case syntax.OpAlternate:
		return luceneAlternatives(re.Sub, at)
	case syntax.OpConcat:
		return luceneSequence(re.Sub, at)
	case syntax.OpBeginText:
		if !at.left {
			return "", errAnchor
		}
		return unanchored("", ends{right: at.right}), nil
	case syntax.OpEndText:
		if !at.right {
			return "", errAnchor
		}
		return unanchored("", ends{left: at.left}), nil
	case syntax.OpEmptyMatch:
		if at.left || at.right {
			return ".*", nil
		}
		return "", nil
	}
	text, err := luceneLeaf(re)
	return unanchored(text, at), err
}

func luceneAlternatives(of []*syntax.Regexp, at ends) (string, error) {
	parts := make([]string, len(of))
	for i, one := range of {
		text, err := luceneNode(one, at)
		if err != nil {
			return "", err
		}
		parts[i] = cmp.Or(text, "()")
	}
	return "(" + strings.Join(parts, "|") + ")", nil
}

func luceneSequence(of []*syntax.Regexp, at ends) (string, error) {
	var b strings.Builder
	for i, one := range of {
		text, err := luceneNode(one, ends{left: at.left && i == 0, right: at.right && i == len(of)-1})
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// unanchored adds any text at the ends of the expression.
func unanchored(text string, at ends) string {
	if at.left {
		text = ".*" + text
	}
	if at.right {
		text += ".*"
	}
	return text
}

func luceneLeaf(re *syntax.Regexp) (string, error) {
	switch re.Op {
	case syntax.OpLiteral:
		var b strings.Builder
		for _, r := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 {
				b.WriteString(runeClass(regex.Folds(r)))
			} else {
				b.WriteString(luceneRune(r))
			}
		}
		return b.String(), nil
	case syntax.OpCharClass:
		return luceneClass(re.Rune)
	case syntax.OpAnyChar:
		return ".", nil
	case syntax.OpAnyCharNotNL:
		return "[^\n]", nil
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		inner, err := luceneNode(re.Sub[0], ends{})
		if err != nil {
			return "", err
		}
		return "(" + inner + ")" + quantifier(re), nil
	case syntax.OpBeginLine, syntax.OpEndLine:
		return "", errors.New("the syntax of Lucene has no multi-line anchors")
	case syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return "", errors.New("the syntax of Lucene has no word boundaries")
	}
	return "", fmt.Errorf("the syntax of Lucene has no equivalent of %s", re)
}

func quantifier(re *syntax.Regexp) string {
	switch {
	case re.Op == syntax.OpStar:
		return "*"
	case re.Op == syntax.OpPlus:
		return "+"
	case re.Op == syntax.OpQuest:
		return "?"
	case re.Max < 0:
		return fmt.Sprintf("{%d,}", re.Min)
	case re.Max == re.Min:
		return fmt.Sprintf("{%d}", re.Min)
	}
	return fmt.Sprintf("{%d,%d}", re.Min, re.Max)
}

// luceneClass writes a class from its ranges. A class that reaches the last character is written as a negated class, so
// that no unprintable character is needed.
func luceneClass(ranges []rune) (string, error) {
	if len(ranges) == 0 {
		return "", errors.New("the syntax of Lucene has no expression that never matches")
	}
	open := "["
	if ranges[len(ranges)-1] == unicode.MaxRune {
		open = "[^"
		var rest []rune
		next := rune(0)
		for i := 0; i < len(ranges); i += 2 {
			if ranges[i] > next {
				rest = append(rest, next, ranges[i]-1)
			}
			next = ranges[i+1] + 1
		}
		if len(rest) == 0 {
			return ".", nil
		}
		ranges = rest
	}
	var b strings.Builder
	b.WriteString(open)
	for i := 0; i < len(ranges); i += 2 {
		b.WriteString(luceneRune(ranges[i]))
		if ranges[i+1] > ranges[i] {
			b.WriteString("-" + luceneRune(ranges[i+1]))
		}
	}
	return b.String() + "]", nil
}

// luceneRune writes one character that stands for itself, inside a class or outside.
func luceneRune(r rune) string {
	if r < 0x80 && r > ' ' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return `\` + string(r)
	}
	return string(r)
}

// runeClass writes one of several characters.
func runeClass(all []rune) string {
	if len(all) == 1 {
		return luceneRune(all[0])
	}
	var b strings.Builder
	for _, r := range all {
		b.WriteString(luceneRune(r))
	}
	return "[" + b.String() + "]"
}

func literalRegex(s string, cased bool) string {
	var b strings.Builder
	for _, r := range s {
		if cased {
			b.WriteString(luceneRune(r))
		} else {
			b.WriteString(runeClass(regex.Cases(r)))
		}
	}
	return b.String()
}

func foldedPattern(op ir.TextOp, v string) string {
	return unanchored(literalRegex(v, false), ends{left: op == ir.EndsWith || op == ir.Contains, right: op == ir.StartsWith || op == ir.Contains})
}

// anyDash is a class with all dashes, in Lucene's syntax.
var anyDash = "[" + literalRegex(ir.Dashes, true) + "]"

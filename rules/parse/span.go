package parse

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"decree/rules/diag"
)

func (p *parser) at(line, col int) diag.Range {
	return diag.Range{File: p.shown, Start: diag.Position{Line: line, Col: col}, End: diag.Position{Line: line, Col: col + 1}}
}

// span is the range of a node: its text on its first line.
func (p *parser) span(n *yaml.Node) diag.Range {
	r := p.at(n.Line, n.Column)
	if n.Kind == yaml.ScalarNode {
		width := utf8.RuneCountInString(n.Value)
		if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
			width += 2
		}
		if i := strings.IndexByte(n.Value, '\n'); i >= 0 || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			width = 1
		}
		r.End.Col = r.Start.Col + max(1, width)
	}
	return r
}

// wholeLine is what is written on a line, without its indentation.
func (p *parser) wholeLine(number int) diag.Range {
	number = min(number, len(p.lines))
	text := strings.TrimRightFunc(p.lines[number-1], unicode.IsSpace)
	r := p.at(number, 1+utf8.RuneCountInString(text)-utf8.RuneCountInString(strings.TrimLeftFunc(text, unicode.IsSpace)))
	r.End.Col = max(r.End.Col, 1+utf8.RuneCountInString(text))
	return r
}

// maxSearched bounds the text that is searched for one place, in bytes.
const maxSearched = 16 << 10

// within is a part of a scalar, from its byte offset. Where escapes hide the place, it is the
// scalar's start.
func (p *parser) within(n *yaml.Node, offset, length int) diag.Range {
	r := p.span(n)
	if offset > len(n.Value) {
		return r
	}
	part := n.Value[offset:min(len(n.Value), offset+length)]
	if !p.verbatim(n) {
		if at, ok := p.find(n, offset, part); ok {
			r.Start = at
			r.End = diag.Position{Line: at.Line, Col: at.Col + max(1, utf8.RuneCountInString(part))}
		}
		return r
	}
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		r.Start.Col++
	}
	r.Start.Col += utf8.RuneCountInString(n.Value[:offset])
	r.End.Col = r.Start.Col + max(1, utf8.RuneCountInString(part))
	return r
}

// verbatim tells whether a scalar stands in the source as in its value, on one line.
func (p *parser) verbatim(n *yaml.Node) bool {
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || n.Line > len(p.lines) || len(p.lines[n.Line-1]) > maxSearched {
		return false
	}
	line := []rune(p.lines[n.Line-1])
	start := n.Column - 1
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		start++
	}
	return strings.HasPrefix(string(line[min(start, len(line)):]), n.Value)
}

// find looks for a part of a scalar in the source, where line breaks and indentation differ
// from the value: as many letters stand before it there as in the value.
func (p *parser) find(n *yaml.Node, offset int, part string) (diag.Position, bool) {
	if offset > maxSearched {
		return diag.Position{}, false
	}
	before := 0
	for _, c := range n.Value[:offset] {
		if !unicode.IsSpace(c) {
			before++
		}
	}
	line, col := n.Line, n.Column
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		line, col = n.Line+1, 1
	} else if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		col++
	}
	for walked := 0; line <= len(p.lines); line, col = line+1, 1 {
		if walked += len(p.lines[line-1]); walked > maxSearched {
			break
		}
		text := []rune(p.lines[line-1])
		for ; col <= len(text); col++ {
			switch {
			case unicode.IsSpace(text[col-1]):
			case before == 0:
				return diag.Position{Line: line, Col: col}, part != "" && strings.HasPrefix(string(text[col-1:]), part)
			default:
				before--
			}
		}
	}
	return diag.Position{}, false
}

// inside moves a range into the file where YAML and the source count lines differently: YAML
// also breaks lines at a lone carriage return and at Unicode's separators.
func (p *parser) inside(r diag.Range) diag.Range {
	r.Start.Line = max(1, min(r.Start.Line, len(p.lines)))
	width := utf8.RuneCountInString(p.lines[r.Start.Line-1])
	r.Start.Col = max(1, min(r.Start.Col, width+1))
	if r.End.Line <= r.Start.Line {
		r.End = diag.Position{Line: r.Start.Line, Col: max(r.Start.Col+1, min(r.End.Col, width+1))}
	}
	return r
}

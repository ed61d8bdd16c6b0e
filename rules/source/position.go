package source

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"decree/rules/diag"
)

// At is the position of one character. Lines and columns count from 1.
func (f *File) At(line, col int) diag.Range {
	return diag.Range{File: f.shown, Start: diag.Position{Line: line, Col: col}, End: diag.Position{Line: line, Col: col + 1}}
}

// Span is the range of a node: its text on its first line.
func (f *File) Span(n *yaml.Node) diag.Range {
	r := f.At(n.Line, n.Column)
	if n.Kind != yaml.ScalarNode {
		return r
	}
	width := utf8.RuneCountInString(n.Value)
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		width = 1
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		width = f.quotedWidth(n)
	}
	if n.Line <= len(f.lines) { // it may go on in the next
		width = min(width, f.width(n.Line)+1-n.Column)
	}
	r.End.Col = r.Start.Col + max(1, width)
	return r
}

// quotedWidth counts the characters of a scalar in quotes, with both quotes. Escapes are longer than what they mean.
func (f *File) quotedWidth(n *yaml.Node) int {
	width := 2 + utf8.RuneCountInString(n.Value)
	quote, escape := `"`, '\\'
	if n.Style&yaml.SingleQuotedStyle != 0 {
		quote, escape = "'", '\''
		if !strings.Contains(n.Value, quote) {
			return width
		}
	}
	text, begins := strings.CutPrefix(f.from(n.Line, n.Column), quote)
	if !begins { // a tag or an anchor comes first
		return width
	}
	width = 2
	escaped := false
	for i, c := range text {
		switch {
		case escaped:
			escaped = false
		case c == escape && (quote == `"` || strings.HasPrefix(text[i+1:], quote)):
			escaped = true
		case strings.HasPrefix(text[i:], quote):
			return width
		}
		width++
	}
	return width
}

// place is a character of the source by its line and column, and by its byte in the line.
type place struct{ line, col, offset int }

// from gives a line from a column on, or nothing if the line is very long. What is asked for usually comes in order.
func (f *File) from(line, col int) string {
	if line > len(f.lines) || len(f.lines[line-1]) > maxSearched {
		return ""
	}
	text, at := f.lines[line-1], &f.last
	if at.line != line || at.col > col {
		*at = place{line, 1, 0}
	}
	for ; at.col < col && at.offset < len(text); at.col++ {
		_, size := utf8.DecodeRuneInString(text[at.offset:])
		at.offset += size
	}
	return text[at.offset:]
}

// wholeLine is the range of a line without its indentation.
func (f *File) wholeLine(number int) diag.Range {
	number = min(number, len(f.lines))
	text := strings.TrimRightFunc(f.lines[number-1], unicode.IsSpace)
	r := f.At(number, 1+utf8.RuneCountInString(text)-utf8.RuneCountInString(strings.TrimLeftFunc(text, unicode.IsSpace)))
	r.End.Col = max(r.End.Col, 1+utf8.RuneCountInString(text))
	return r
}

// maxSearched limits how much text is searched for one position, in bytes.
const maxSearched = 16 << 10

// Within is the range of a part of a scalar, given by its byte offset. If escapes hide the position, it is the start of
// the scalar.
func (f *File) Within(n *yaml.Node, offset, length int) diag.Range {
	r := f.Span(n)
	if offset > len(n.Value) {
		return r
	}
	part := n.Value[offset:min(len(n.Value), offset+length)]
	if !f.verbatim(n) {
		if at, ok := f.find(n, offset, part); ok {
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

// verbatim tells whether a scalar is written in the source exactly as its value, on one line.
func (f *File) verbatim(n *yaml.Node) bool {
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || n.Line > len(f.lines) || len(f.lines[n.Line-1]) > maxSearched {
		return false
	}
	line := []rune(f.lines[n.Line-1])
	start := n.Column - 1
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		start++
	}
	return strings.HasPrefix(string(line[min(start, len(line)):]), n.Value)
}

// find locates a part of a scalar in the source by counting letters: line breaks and indentation differ between source
// and value, but the number of letters before the part is the same.
func (f *File) find(n *yaml.Node, offset int, part string) (diag.Position, bool) {
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
	for walked := 0; line <= len(f.lines); line, col = line+1, 1 {
		if walked += len(f.lines[line-1]); walked > maxSearched {
			break
		}
		text := []rune(f.lines[line-1])
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

// Range is the position of a node, with lines counted as an editor counts them. For nil it is the beginning of the
// file.
func (f *File) Range(n *yaml.Node) diag.Range {
	if n == nil {
		return f.inside(f.At(1, 1))
	}
	return f.inside(f.Span(n))
}

// inside moves a range back into the file if YAML and the source count lines differently: YAML also breaks lines at a
// lone carriage return and at Unicode's separators.
func (f *File) inside(r diag.Range) diag.Range {
	r.Start.Line = max(1, min(r.Start.Line, len(f.lines)))
	width := f.width(r.Start.Line)
	r.Start.Col = max(1, min(r.Start.Col, width+1))
	if r.End.Line <= r.Start.Line {
		r.End = diag.Position{Line: r.Start.Line, Col: max(r.Start.Col+1, min(r.End.Col, width+1))}
	}
	return r
}

// width is the number of characters in a line. It is counted once, because one line of a crafted file may have many
// findings.
func (f *File) width(line int) int {
	if f.widths == nil {
		f.widths = make([]int, len(f.lines))
	}
	w := &f.widths[line-1]
	if *w == 0 {
		*w = 1 + utf8.RuneCountInString(f.lines[line-1])
	}
	return *w - 1
}

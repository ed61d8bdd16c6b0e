// Package pages makes pages of detections: what a catalogue shows of each rule, and of all of them together. In: rules
// and correlations with what was made of them (queries, packages, tests, history). Out: pages as data, which the
// packages below write: site as HTML, markdown as Markdown.
//
// What must stay true: a page is made of few kinds of blocks, so that a new section is one entry in a table and looks
// right in each form. A text of a rule is a text, never markup. What a rule does not say has no section. The same input
// gives the same pages.
package pages

import (
	"strings"
	"unicode/utf8"

	"decree/rules/diag"
	"decree/rules/wording"
)

// Page is one page. Path is relative to the top of the catalogue, with slashes and without extension.
type Page struct {
	Path     string
	Title    string
	Badges   []Badge
	Lead     Cell // what the page is about, in a sentence or two
	Sections []Section
	Columns  bool // the sections stand beside each other where there is room
}

// Badge is a word about a page with the kind of thing that it says, such as level and high.
type Badge struct {
	Kind, Word string
}

// Section is a part of a page with a title. ID is its anchor.
type Section struct {
	ID, Title string
	Blocks    []Block
}

// Block is a part of a section: Paragraph, Bullets, Facts, Table, Words, Figure, Code, Fold or Tabs.
type Block interface{ block() }

// Paragraph is running text. Line breaks in it are kept.
type Paragraph struct{ Text Cell }

// Bullets is a list.
type Bullets struct{ Items []Cell }

// Facts are names with what is said of them.
type Facts []Fact

// Fact is a name with what is said of it.
type Fact struct {
	Name string
	Is   Cell
}

// Table is a table. Each row has as many cells as Head.
type Table struct {
	Head []string
	Rows [][]Cell
}

// Words is a condition in words.
type Words struct{ Phrase wording.Phrase }

// Figure is a chain of processes, the topmost first. Each started the next.
type Figure struct {
	About   string // for those who do not see it
	Caption string
	Boxes   []Box
}

// Box is a process of a figure.
type Box struct {
	Label string
	Lines []string
}

// Code is a text that is shown as it is, such as a query.
type Code struct {
	What string // "query", for the buttons beside it
	Text string
	File string // where the catalogue has it as a file, or ""
}

// Fold is hidden until it is asked for.
type Fold struct {
	Title  string
	Count  int // of what it holds; 0 is not shown
	Blocks []Block
}

// Tabs are panels of which one is shown.
type Tabs struct {
	About  string
	Panels []Panel
}

// Panel is one of several tabs.
type Panel struct {
	ID, Title string
	Blocks    []Block
}

func (Paragraph) block() {}
func (Bullets) block()   {}
func (Facts) block()     {}
func (Table) block()     {}
func (Words) block()     {}
func (Figure) block()    {}
func (Code) block()      {}
func (Fold) block()      {}
func (Tabs) block()      {}

// Cell is a short text of spans.
type Cell []Span

// Span is a piece of text. At most one of URL, Page and File is set: where it leads.
type Span struct {
	Text  string
	Code  bool   // a text of the rule or the product, as it is: without hidden characters, and not empty
	Mark  bool   // in place of what cannot be seen: the escape of a hidden character, or a word for an empty text
	Kind  string // what a Word of a Badge says, such as level
	Whole bool   // it never goes on in another line
	URL   string // outside of the catalogue: http or https
	Page  string // a page of the catalogue, with an anchor behind # if one is meant
	File  string // another file of the catalogue
}

// plain is a text without anything. Hidden characters are made visible.
func plain(text string) Cell { return Cell{{Text: diag.Visible(text)}} }

// Literal is a text of a rule as it is. Nothing in it can be mistaken for something else: the escape of a hidden
// character, such as \n, is a mark between spans of code, and the two characters \ and n are code. An empty text is a
// mark as well.
func Literal(text string) Cell {
	if text == "" {
		return Cell{{Text: "(empty)", Mark: true}}
	}
	var out Cell
	for text != "" {
		length, hidden := run(text)
		out = append(out, Span{Text: diag.Visible(text[:length]), Code: !hidden, Mark: hidden})
		text = text[length:]
	}
	return out
}

// run gives the length in bytes of the characters at the start of a text that are all hidden, or all not.
func run(text string) (length int, hidden bool) {
	for length < len(text) {
		_, size := utf8.DecodeRuneInString(text[length:])
		letter := text[length : length+size]
		escaped := diag.Visible(letter) != letter
		if length > 0 && escaped != hidden {
			break
		}
		length, hidden = length+size, escaped
	}
	return length, hidden
}

// marked is a text of decree's own, in which what stands between backticks is code. A backtick without a second one is
// kept.
func marked(text string) Cell {
	var out Cell
	for text != "" {
		before, rest, opened := strings.Cut(text, "`")
		inner, after, closed := strings.Cut(rest, "`")
		if !opened || !closed || inner == "" {
			return append(out, Span{Text: Lines(text)})
		}
		if before != "" {
			out = append(out, Span{Text: Lines(before)})
		}
		out, text = append(out, Literal(inner)...), after
	}
	return out
}

// date is a date, which stays in one line.
func date(text string) Cell {
	const longest = len("2006-01-02")
	return Cell{{Text: diag.Visible(text), Whole: len(text) <= longest}}
}

// to is a link to a page of the catalogue.
func to(page, text string) Cell { return Cell{{Text: diag.Visible(text), Page: page}} }

// url is a link, or plain text if a browser would do anything else than open a page.
func url(address, text string) Cell {
	s := Span{Text: diag.Visible(text)}
	if IsWeb(address) {
		s.URL = address
	}
	return Cell{s}
}

// IsWeb tells whether an address is one of the web, and has no hidden character.
func IsWeb(address string) bool {
	lower := strings.ToLower(address)
	return (strings.HasPrefix(lower, "https://") || strings.HasPrefix(lower, "http://")) && diag.Visible(address) == address && !strings.ContainsAny(address, " <>\"`{}|\\^")
}

// texts are cells of plain texts.
func texts(all ...string) []Cell {
	out := make([]Cell, len(all))
	for i, t := range all {
		out[i] = plain(t)
	}
	return out
}

// joined puts a separator between cells.
func joined(cells []Cell, separator string) Cell {
	var out Cell
	for i, c := range cells {
		if i > 0 {
			out = append(out, Span{Text: separator})
		}
		out = append(out, c...)
	}
	return out
}

// Lines makes a text visible and keeps its line breaks and tabs.
func Lines(text string) string {
	all := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range all {
		parts := strings.Split(line, "\t")
		for j, p := range parts {
			parts[j] = diag.Visible(p)
		}
		all[i] = strings.Join(parts, "\t")
	}
	return strings.Join(all, "\n")
}

// prose makes paragraphs and lists of what people wrote: a blank line ends a paragraph, and lines that begin with - or
// * are a list.
func prose(text string) []Block {
	var p proseReader
	for part := range strings.SplitSeq(strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")), "\n\n") {
		for line := range strings.SplitSeq(part, "\n") {
			p.line(line)
		}
		p.end()
	}
	return p.blocks
}

// proseReader makes blocks of lines. At most one of lines and items is not empty.
type proseReader struct {
	blocks []Block
	lines  []string // of a paragraph
	items  []Cell   // of a list
}

func (p *proseReader) line(line string) {
	trimmed := strings.TrimSpace(line)
	item, bulleted := strings.CutPrefix(trimmed, "- ")
	if !bulleted {
		item, bulleted = strings.CutPrefix(trimmed, "* ")
	}
	isIndented := trimmed != line
	if bulleted && len(p.lines) > 0 || !bulleted && len(p.items) > 0 && !isIndented {
		p.end()
	}
	switch {
	case bulleted:
		p.items = append(p.items, plain(item))
	case trimmed == "":
	case len(p.items) > 0: // the item goes on
		last := p.items[len(p.items)-1]
		last[0].Text += " " + diag.Visible(trimmed)
	default:
		p.lines = append(p.lines, trimmed)
	}
}

// end ends the paragraph or the list.
func (p *proseReader) end() {
	if len(p.lines) > 0 {
		p.blocks = append(p.blocks, Paragraph{Cell{{Text: Lines(strings.Join(p.lines, "\n"))}}})
	}
	if len(p.items) > 0 {
		p.blocks = append(p.blocks, Bullets{p.items})
	}
	p.lines, p.items = nil, nil
}

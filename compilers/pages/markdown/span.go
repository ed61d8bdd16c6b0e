package markdown

import (
	"net/url"
	"strings"

	"decree/compilers/pages"
)

// place is where a text stands: in a table, code must not hold a bar as it is.
type place int

const (
	inText place = iota
	inTable
)

func (w *writer) cell(c pages.Cell, where place) string {
	var b strings.Builder
	for _, s := range c {
		b.WriteString(w.span(s, where))
	}
	return b.String()
}

func (w *writer) span(s pages.Span, where place) string {
	text := escaped(s.Text)
	if s.Code {
		text = codeSpan(s.Text, where)
	}
	switch {
	case s.URL != "":
		return "[" + text + "](" + target(s.URL) + ")"
	case s.Page != "":
		page, anchor, found := strings.Cut(s.Page, "#")
		if found {
			anchor = "#" + anchor
		}
		return "[" + text + "](" + w.address(page+extension) + anchor + ")"
	case s.File != "":
		return "[" + text + "](" + w.address(s.File) + ")"
	}
	return text
}

// address is the way to a file of the catalogue.
func (w *writer) address(file string) string {
	return w.up + target((&url.URL{Path: file}).EscapedPath())
}

// target escapes what would end an address.
func target(address string) string {
	return strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "<", "%3C", ">", "%3E", "|", "%7C", "\\", "%5C", "*", "%2A", "`", "%60").Replace(address)
}

// codeSpan is a text as it is. It is not empty and has no hidden characters: pages.Literal marks these outside of code.
// https://github.github.com/gfm/#code-spans
func codeSpan(text string, where place) string {
	if where == inTable {
		text = strings.ReplaceAll(text, "|", `\|`)
	}
	fence := strings.Repeat("`", longestRun(text)+1)
	stripped := strings.HasPrefix(text, " ") && strings.HasSuffix(text, " ") && strings.Trim(text, " ") != ""
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") || stripped {
		text = " " + text + " "
	}
	return fence + text + fence
}

// meaning is what has a meaning in Markdown wherever it stands.
const meaning = "\\`*_[]<>&|~$@"

// escaped is a text without any markup. https://github.github.com/gfm/#backslash-escapes
func escaped(text string) string {
	text = pages.Lines(text)
	var b strings.Builder
	for i, c := range text {
		atStart := strings.TrimLeft(text[strings.LastIndexByte(text[:i], '\n')+1:i], " \t0123456789") == ""
		switch {
		case strings.ContainsRune(meaning, c),
			atStart && strings.ContainsRune("#+-=.):", c),         // headings, lists and rules
			c == ':' && strings.HasPrefix(text[i:], "://"),        // an address that becomes a link by itself
			c == '.' && strings.HasSuffix(lower(text[:i]), "www"): // the same
			b.WriteByte('\\')
		}
		if c == '\t' {
			c = ' '
		}
		if c == ' ' && atStart && indentation(text[:i]) >= 3 {
			continue // four spaces begin a block of code
		}
		b.WriteRune(c)
	}
	return b.String()
}

// lower is the end of a text in lower case.
func lower(text string) string { return strings.ToLower(text[max(0, len(text)-3):]) }

// indentation counts the spaces at the end of a text.
func indentation(text string) int { return len(text) - len(strings.TrimRight(text, " ")) }

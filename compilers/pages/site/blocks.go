package site

import (
	"fmt"
	"strings"

	"decree/compilers/pages"
	"decree/rules/wording"
)

// part is a section whose blocks are ready for the template.
type part struct {
	ID, Title string
	Blocks    []any
}

// span is a piece of text with the address to which it leads.
type span struct {
	Text, Href, Class string
	Code, Out         bool // Out: the address is outside of the site
}

// The blocks as the template shows them.
type (
	paragraph struct{ Text []span }
	bullets   struct{ Items [][]span }
	facts     struct{ Facts []fact }
	fact      struct {
		Name string
		Is   []span
	}
	table struct {
		Head []string
		Rows [][][]span
	}
	words struct {
		Top phrase
	}
	phrase struct {
		Name, Text   string
		List         []span
		Values, More [][]span // More are folded
		Parts        []phrase
	}
	code struct {
		What, Shown, Href, Name string
		Exact                   string // the text, where what is shown differs
	}
	fold struct {
		Title  string
		Count  int
		Blocks []any
	}
	tabs struct {
		About  string
		Panels []panel
	}
	panel struct {
		ID, Title string
		First     bool
		Blocks    []any
	}
)

// kind names a block's template.
func kind(block any) string {
	_, name, _ := strings.Cut(fmt.Sprintf("%T", block), ".")
	return name
}

func parts(all []pages.Section, up string) []part {
	out := make([]part, len(all))
	for i, s := range all {
		out[i] = part{s.ID, s.Title, blocks(s.Blocks, up)}
	}
	return out
}

// blocks makes blocks ready. up is the way to the top of the site.
func blocks(all []pages.Block, up string) []any {
	out := make([]any, len(all))
	for i, b := range all {
		out[i] = block(b, up)
	}
	return out
}

func block(b pages.Block, up string) any {
	switch b := b.(type) {
	case pages.Paragraph:
		return paragraph{spans(b.Text, up)}
	case pages.Bullets:
		return bullets{cells(b.Items, up)}
	case pages.Facts:
		out := facts{}
		for _, f := range b {
			out.Facts = append(out.Facts, fact{pages.Lines(f.Name), spans(f.Is, up)})
		}
		return out
	case pages.Table:
		out := table{}
		for _, h := range b.Head {
			out.Head = append(out.Head, pages.Lines(h))
		}
		for _, row := range b.Rows {
			out.Rows = append(out.Rows, cells(row, up))
		}
		return out
	case pages.Words:
		return words{phraseOf(b.Phrase)}
	case pages.Figure:
		return draw(b)
	case pages.Code:
		out := code{What: b.What, Shown: pages.Lines(b.Text)}
		if out.Shown != b.Text {
			out.Exact = b.Text
		}
		if b.File != "" {
			out.Href, out.Name = address(up+b.File), b.File[strings.LastIndex(b.File, "/")+1:]
		}
		return out
	case pages.Fold:
		return fold{pages.Lines(b.Title), b.Count, blocks(b.Blocks, up)}
	case pages.Tabs:
		out := tabs{About: b.About}
		for i, p := range b.Panels {
			out.Panels = append(out.Panels, panel{p.ID, pages.Lines(p.Title), i == 0, blocks(p.Blocks, up)})
		}
		return out
	}
	panic(fmt.Sprintf("site: unknown block %T", b))
}

func cells(all []pages.Cell, up string) [][]span {
	out := make([][]span, len(all))
	for i, c := range all {
		out[i] = spans(c, up)
	}
	return out
}

func spans(c pages.Cell, up string) []span {
	out := make([]span, len(c))
	for i, s := range c {
		out[i] = span{Text: pages.Lines(s.Text), Code: s.Code}
		if s.Kind != "" {
			out[i].Class = class(s.Kind, s.Text)
		} else if s.Mark {
			out[i].Class = "mark"
		} else if s.Whole {
			out[i].Class = "whole"
		}
		switch {
		case s.URL != "":
			out[i].Href, out[i].Out = s.URL, true
		case s.Page != "":
			page, anchor, _ := strings.Cut(s.Page, "#")
			out[i].Href = address(up + page + ".html")
			if anchor != "" {
				out[i].Href += "#" + anchor
			}
		case s.File != "":
			out[i].Href = address(up + s.File)
		}
	}
	return out
}

// class names a word in the style sheet: level-high.
func class(kind, word string) string {
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return '-'
	}, strings.ToLower(word))
	return "badge " + kind + "-" + letters
}

// address escapes what has a meaning in an address. The files' names have no slash of their own.
func address(path string) string {
	return strings.NewReplacer("%", "%25", "#", "%23", "?", "%3F", " ", "%20").Replace(path)
}

// shownValues bounds the values of a phrase that are not folded.
const shownValues = 12

func phraseOf(p wording.Phrase) phrase {
	out := phrase{Name: pages.Lines(p.Name), Text: pages.Lines(p.Text)}
	if p.List != "" {
		out.List = spans(pages.Literal(p.List), "")
	} else {
		values := make([]pages.Cell, len(p.Values))
		for i, v := range p.Values {
			values[i] = pages.Literal(v)
		}
		shown := min(shownValues, len(values))
		out.Values, out.More = cells(values[:shown], ""), cells(values[shown:], "")
	}
	for _, below := range p.Parts {
		out.Parts = append(out.Parts, phraseOf(below))
	}
	return out
}

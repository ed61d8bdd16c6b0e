// Package markdown writes a catalogue as Markdown, for a repository or a wiki. In: a catalogue. Out: files in the
// dialect of GitHub.
// https://github.github.com/gfm/
//
// What must stay true: a text of a rule is a text, whatever it holds: no markup, no HTML and no link that we did not
// write. All links are relative.
package markdown

import (
	"fmt"
	"html"
	"strings"

	"decree/compilers/pages"
	"decree/rules/wording"
)

// File is a file of the catalogue. Path is relative to it, with slashes.
type File struct{ Path, Text string }

// Files writes all pages. README.md is the index.
func Files(c *pages.Catalogue) []File {
	overviews := c.Overviews()
	out := []File{index(c, overviews)}
	for _, p := range append(c.Pages(), overviews...) {
		out = append(out, page(p))
	}
	return out
}

// extension is that of every page.
const extension = ".md"

func index(c *pages.Catalogue, overviews []pages.Page) File {
	w := &writer{}
	w.line("# %s", escaped(c.Title))
	w.line("")
	for _, p := range overviews {
		w.line("- [%s](%s)", escaped(p.Title), p.Path+extension)
	}
	for _, l := range c.Links {
		w.line("- %s", w.span(pages.Span{Text: l.Text, URL: l.URL}, inText))
	}
	w.line("")
	t := pages.Table{Head: []string{"Detection", "Level", "Status", "Log source", "Techniques"}}
	for _, d := range c.List() {
		t.Rows = append(t.Rows, []pages.Cell{{{Text: d.Title, Page: d.Page}}, {{Text: d.Level}}, {{Text: d.Status}}, {{Text: strings.Join(d.LogSources, ", ")}}, {{Text: strings.Join(d.Techniques, ", ")}}})
	}
	w.table(t)
	return File{"README" + extension, w.String()}
}

func page(p pages.Page) File {
	w := &writer{up: strings.Repeat("../", strings.Count(p.Path, "/"))}
	w.line("# %s", escaped(p.Title))
	w.line("")
	var badges []string
	for _, b := range p.Badges {
		badges = append(badges, "**"+escaped(b.Word)+"**")
	}
	w.paragraph(strings.Join(badges, " · "))
	w.paragraph(w.cell(p.Lead, inText))
	for _, s := range p.Sections {
		w.line("<a id=%q></a>", s.ID)
		w.line("")
		w.line("## %s", escaped(s.Title))
		w.line("")
		w.blocks(s.Blocks, "###")
	}
	return File{p.Path + extension, w.String()}
}

// writer writes one page. up is the way to the top of the catalogue.
type writer struct {
	strings.Builder
	up string
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *writer) paragraph(text string) {
	if text != "" {
		w.line("%s", text)
		w.line("")
	}
}

// blocks writes blocks. heading begins the headings in them.
func (w *writer) blocks(all []pages.Block, heading string) {
	for _, b := range all {
		switch b := b.(type) {
		case pages.Paragraph:
			w.paragraph(w.cell(b.Text, inText))
		case pages.Bullets:
			for _, item := range b.Items {
				w.line("- %s", strings.ReplaceAll(w.cell(item, inText), "\n", "\n  "))
			}
			w.line("")
		case pages.Facts:
			for _, f := range b {
				w.line("- **%s**: %s", escaped(f.Name), strings.ReplaceAll(w.cell(f.Is, inText), "\n", "\n  "))
			}
			w.line("")
		case pages.Table:
			w.table(b)
		case pages.Words:
			w.words(b.Phrase, 0)
			w.line("")
		case pages.Figure:
			w.figure(b)
		case pages.Code:
			w.code(b)
		case pages.Fold:
			title := pages.Lines(b.Title)
			if b.Count > 0 {
				title += fmt.Sprintf(" (%d)", b.Count)
			}
			w.line("<details><summary>%s</summary>", strings.ReplaceAll(html.EscapeString(title), "\n", " "))
			w.line("")
			w.blocks(b.Blocks, heading+"#")
			w.line("</details>")
			w.line("")
		case pages.Tabs:
			for _, p := range b.Panels {
				w.line("%s %s", heading, escaped(p.Title))
				w.line("")
				w.blocks(p.Blocks, heading+"#")
			}
		default:
			panic(fmt.Sprintf("markdown: unknown block %T", b))
		}
	}
}

func (w *writer) table(t pages.Table) {
	var head, rule strings.Builder
	for _, h := range t.Head {
		head.WriteString("| " + inRow(escaped(h)) + " ")
		rule.WriteString("|---")
	}
	w.line("%s|", head.String())
	w.line("%s|", rule.String())
	for _, row := range t.Rows {
		for _, c := range row {
			w.WriteString("| " + inRow(w.cell(c, inTable)) + " ")
		}
		w.line("|")
	}
	w.line("")
}

// inRow makes a text one line of a table.
func inRow(text string) string { return strings.ReplaceAll(strings.TrimSpace(text), "\n", "<br>") }

func (w *writer) words(p wording.Phrase, depth int) {
	text := escaped(p.Text)
	if p.Name != "" {
		text = "**" + escaped(p.Name) + "**: " + text
	}
	if p.List != "" {
		text += " [" + w.cell(pages.Literal(p.List), inText) + "](#lists)"
	} else {
		for i, v := range p.Values {
			if i > 0 {
				text += ","
			}
			text += " " + w.cell(pages.Literal(v), inText)
		}
	}
	w.line("%s- %s", strings.Repeat("  ", depth), strings.ReplaceAll(text, "\n", " "))
	for _, below := range p.Parts {
		w.words(below, depth+1)
	}
}

// figure draws a chain of processes with letters.
func (w *writer) figure(f pages.Figure) {
	var b strings.Builder
	for i, box := range f.Boxes {
		indent := strings.Repeat("   ", max(0, i-1))
		if i > 0 {
			fmt.Fprintf(&b, "%s└─ starts\n", indent)
			indent += "   "
		}
		fmt.Fprintf(&b, "%s%s:\n", indent, box.Label)
		for _, line := range box.Lines {
			fmt.Fprintf(&b, "%s  %s\n", indent, line)
		}
	}
	w.fenced(strings.TrimSuffix(b.String(), "\n"))
	w.paragraph(escaped(f.Caption))
}

func (w *writer) code(c pages.Code) {
	if c.File != "" {
		w.paragraph(fmt.Sprintf("[Download the %s](%s)", escaped(c.What), w.address(c.File)))
	}
	w.fenced(strings.TrimRight(c.Text, "\n"))
}

// fenced is a text as it is, between fences that it does not have.
func (w *writer) fenced(text string) {
	fence := strings.Repeat("`", max(3, longestRun(text)+1))
	w.line("%s\n%s\n%s\n", fence, pages.Lines(text), fence)
}

func longestRun(text string) int {
	longest, run := 0, 0
	for _, c := range text {
		if c != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

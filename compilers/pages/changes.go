package pages

import "slices"

// changesPath is the page of what changed.
const changesPath = "changes"

// changes is the page of what changed since a revision. ok is false if the catalogue has none.
func (c *Catalogue) changes() (p Page, ok bool) {
	if c.Since == nil {
		return p, false
	}
	p = Page{Path: changesPath, Title: "What changed", Lead: append(plain("Since the revision "), Literal(c.Since.Revision)...)}
	for _, kind := range []struct{ word, id, title, about string }{
		{"new", "new", "New detections", ""},
		{"changed", "changed", "Changed detections", ""},
		{"moved", "moved", "Moved detections", ""},
		{"depends", "depends", "Detections of which a test, a list, a filter or an input changed", "Their own files are as they were."},
	} {
		var blocks []Block
		for _, d := range c.Detections {
			change, has := c.Since.Changed[d.Source()]
			if !has || change.Kind != kind.word {
				continue
			}
			blocks = append(blocks, Bullets{[]Cell{slices.Concat(d.link(), levelOf(d), change.before())}})
			blocks = append(blocks, commits(change.Commits)...)
			if len(change.Commits) == 0 && kind.word != "depends" {
				blocks = append(blocks, Paragraph{plain("Not committed yet.")})
			}
		}
		if len(blocks) > 0 && kind.about != "" {
			blocks = append([]Block{Paragraph{plain(kind.about)}}, blocks...)
		}
		if len(blocks) > 0 {
			p.Sections = append(p.Sections, Section{kind.id, kind.title, blocks})
		}
	}
	if len(c.Since.Removed) > 0 {
		var items []Cell
		for _, r := range c.Since.Removed {
			items = append(items, append(plain(r.Title+" "), Literal(r.File)...))
		}
		p.Sections = append(p.Sections, Section{"removed", "Detections that are gone", []Block{Bullets{items}}})
	}
	if len(p.Sections) == 0 {
		p.Sections = []Section{{"none", "Nothing", []Block{Paragraph{plain("No detection changed.")}}}}
	}
	return p, true
}

// before says what a detection was called, and where it was.
func (c Change) before() Cell {
	var out Cell
	if c.Was != "" {
		out = append(out, plain(", before: "+c.Was)...)
	}
	if c.From != "" {
		out = append(append(out, Span{Text: ", from "}), Literal(c.From)...)
	}
	return out
}

// Overviews are the pages about all detections.
func (c *Catalogue) Overviews() []Page {
	out := []Page{c.matrix(), c.sources()}
	if p, ok := c.changes(); ok {
		out = append(out, p)
	}
	return out
}

package pages

import "decree/rules/diag"

// ChangesPath is the page of what changed.
const ChangesPath = "changes"

// Changes is the page of what changed since a revision. ok is false if the catalogue has none.
func (c *Catalogue) Changes() (p Page, ok bool) {
	if c.Since == nil {
		return p, false
	}
	p = Page{Path: ChangesPath, Title: "What changed", Lead: append(plain("Since the revision "), code(c.Since.Revision)...)}
	for _, kind := range []struct{ word, id, title, about string }{
		{"new", "new", "New detections", ""},
		{"changed", "changed", "Changed detections", ""},
		{"depends", "depends", "Detections of which a test, a list, a filter or an input changed", "Their own files are as they were."},
	} {
		var blocks []Block
		for _, d := range c.Detections {
			change, has := c.Since.Changed[d.Source()]
			if !has || change.Kind != kind.word {
				continue
			}
			items := Bullets{[]Cell{append(d.link(), levelOf(d)...)}}
			blocks = append(blocks, items)
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
		for _, file := range c.Since.Removed {
			items = append(items, code(diag.Visible(file)))
		}
		p.Sections = append(p.Sections, Section{"removed", "Files that are gone", []Block{Bullets{items}}})
	}
	if len(p.Sections) == 0 {
		p.Sections = []Section{{"none", "Nothing", []Block{Paragraph{plain("No detection changed.")}}}}
	}
	return p, true
}

// Overviews are the pages about all detections.
func (c *Catalogue) Overviews() []Page {
	out := []Page{c.Matrix(), c.Sources()}
	if p, ok := c.Changes(); ok {
		out = append(out, p)
	}
	return out
}

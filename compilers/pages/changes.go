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
	for _, kind := range []struct{ word, title, about string }{
		{NewDetection, "New detections", ""},
		{ChangedDetection, "Changed detections", ""},
		{MovedDetection, "Moved detections", ""},
		{ChangedDependency, "Detections of which a test, a list, a filter or an input changed", "Their own files are as they were."},
	} {
		blocks := c.changed(kind.word)
		if len(blocks) == 0 {
			continue
		}
		if kind.about != "" {
			blocks = append([]Block{Paragraph{plain(kind.about)}}, blocks...)
		}
		p.Sections = append(p.Sections, Section{kind.word, kind.title, blocks})
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

// changed lists the detections that changed in one way, with their commits.
func (c *Catalogue) changed(kind string) (blocks []Block) {
	for _, d := range c.Detections {
		change, has := c.Since.Changed[d.Source()]
		if !has || change.Kind != kind {
			continue
		}
		blocks = append(blocks, Bullets{[]Cell{slices.Concat(d.link(), levelOf(d), change.before())}})
		blocks = append(blocks, commits(change.Commits)...)
		if len(change.Commits) == 0 && kind != ChangedDependency {
			blocks = append(blocks, Paragraph{plain("Not committed yet.")})
		}
	}
	return blocks
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

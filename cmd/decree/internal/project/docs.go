package project

import (
	"go.yaml.in/yaml/v3"

	"decree/compilers/pages"
	"decree/rules/source"
)

// docsKeys are the keys of `docs`.
var docsKeys = []key[Docs]{
	{"title", func(r *reader, d *Docs, n *yaml.Node) { r.Prose(&d.Title, n, "title") }},
	{"links", func(r *reader, d *Docs, n *yaml.Node) { d.Links = r.links(n) }},
}

// docs reads what the catalogue is called and leads to. The key alone says that a build writes one.
func (r *reader) docs(p *Project, n *yaml.Node) {
	p.Docs = &Docs{}
	readKeys(r, n, "docs", docsKeys, p.Docs)
}

// links reads addresses by their texts, in the order of the file.
func (r *reader) links(n *yaml.Node) []pages.Link {
	if source.IsNull(n) {
		return nil
	}
	var out []pages.Link
	for _, e := range r.Entries(n, "links") {
		link := pages.Link{Text: e.Key.Value}
		r.Text(&link.URL, e.Value, "a link")
		switch {
		case link.Text == "":
			r.Errorf("empty-value", r.Span(e.Key), "write the text of the link", "a link has no text")
		case !pages.IsWeb(link.URL):
			r.Errorf("invalid-link", r.Span(e.Value), "write an address such as https://example.org/wiki", "%q is not an address of the web", link.URL)
		default:
			out = append(out, link)
		}
	}
	return out
}

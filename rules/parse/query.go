package parse

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/source"
)

// queries read `target: text`, or `target: {text: ..., id: ..., language: ..., index: [...]}`.
func (p *parser) queries(r *rules.Rule, section source.Entry) {
	given := p.Entries(section.Value, "query")
	if section.Value.Kind == yaml.MappingNode && len(given) == 0 {
		p.Errorf("invalid-query", p.Span(section.Value), "write the query under the target that it is for, as `kql: |`", "`query` names no target")
	}
	for _, e := range given {
		q := rules.Query{For: rules.NamedField{Name: e.Key.Value, Range: p.Span(e.Key)}, Range: p.Span(e.Value)}
		if e.Value.Kind == yaml.MappingNode {
			p.longQuery(&q, e)
		} else {
			p.Text(&q.Text, e.Value, e.Key.Value)
		}
		q.Text = strings.ReplaceAll(q.Text, "\r\n", "\n")
		if at := strings.IndexFunc(q.Text, func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }); at >= 0 {
			c, _ := utf8.DecodeRuneInString(q.Text[at:])
			p.Errorf("invalid-query", q.Range, "remove it", "the query for %s has the character %U, which no query has", q.For.Name, c)
		}
		if q.Text = strings.TrimRight(q.Text, " \t\r\n"); strings.TrimSpace(q.Text) == "" {
			p.Errorf("invalid-query", q.Range, "write the query, or remove it", "the query for %s is empty", q.For.Name)
		}
		r.Queries = append(r.Queries, q)
	}
}

// longQuery reads a query with what the product must know beside its text.
func (p *parser) longQuery(q *rules.Query, of source.Entry) {
	for _, e := range p.Entries(of.Value, of.Key.Value, "text", "id", "language", "index") {
		switch e.Key.Value {
		case "text":
			p.Text(&q.Text, e.Value, "text")
			q.Range = p.Span(e.Value)
		case "id":
			p.Text(&q.ID, e.Value, "id")
		case "language":
			p.Text(&q.Language, e.Value, "language")
		case "index":
			p.Texts(&q.Index, e.Value, "index")
		}
	}
}

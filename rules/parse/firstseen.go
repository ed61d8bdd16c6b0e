package parse

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// firstSeen reads `name: {fields: [host, sha1], over: 13d, among: dropped}`.
func (p *parser) firstSeen(r *rules.Rule, section source.Entry) {
	for _, e := range p.Entries(section.Value, "first_seen") {
		f := rules.FirstSeen{Name: e.Key.Value, Range: p.Span(e.Key)}
		before := p.Errors()
		for _, part := range p.Entries(e.Value, "a first_seen condition", "fields", "over", "among") {
			switch part.Key.Value {
			case "fields":
				f.Fields = p.namedFields(part.Value, "fields")
			case "over":
				f.Over, f.OverRange = p.span(part.Value), p.Span(part.Value)
			case "among":
				p.Text(&f.Among, part.Value, "among")
			}
		}
		if whole := e.Value.Kind == yaml.MappingNode && p.Errors() == before; whole && (len(f.Fields) == 0 || f.Over == 0) {
			p.Errorf("first-seen-incomplete", f.Range, "write `{fields: [host, sha1], over: 13d}`", "first_seen %q needs fields and the time over which they are looked for", f.Name)
		}
		if p.claim(e.Key) {
			r.FirstSeen = append(r.FirstSeen, f)
		}
	}
}

// checkFirstSeen reports populations that the rule does not define.
func (p *parser) checkFirstSeen(r *rules.Rule) {
	names := r.Names()
	for _, f := range r.FirstSeen {
		if f.Among != "" && !slices.Contains(names, f.Among) {
			p.Errorf("undefined-name", f.Range, diag.DidYouMean(f.Among, names, "names of this rule: "+strings.Join(names, ", ")), "first_seen %q looks among %q, which the rule does not define", f.Name, f.Among)
		}
	}
}

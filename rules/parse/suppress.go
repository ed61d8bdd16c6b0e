package parse

import (
	"decree/rules"
	"decree/rules/source"
)

// suppress reads `{by: [host, Image], for: 1d}`. Of a correlation without `by`, the caller puts in what it groups by.
func (p *parser) suppress(r *rules.Rule, section source.Entry) {
	s := &rules.Suppress{Range: p.Span(section.Value)}
	r.Suppress = s
	before := p.Errors()
	for _, e := range p.Entries(section.Value, "suppress", "by", "for") {
		switch {
		case e.Key.Value == "for":
			s.For = p.Duration(e.Value)
		case !source.IsNull(e.Value):
			s.By = append([]rules.NamedField{}, p.namedFields(e.Value, "by")...)
		}
	}
	if s.For == 0 && p.Errors() == before {
		p.Errorf("suppress-without-time", s.Range, "add `for: 1d`", "suppress does not say for how long")
	}
}

package parse

import (
	"decree/rules"
	"decree/rules/source"
)

// approximate reads the gaps that a rule accepts: for each target, one code or a list of codes.
func (p *parser) approximate(r *rules.Rule, section source.Entry) {
	for _, e := range p.Entries(section.Value, "approximate") {
		target := e.Key.Value
		for _, c := range source.Items(e.Value) {
			var code string
			p.Text(&code, c, "an entry of approximate")
			if code == "" {
				continue
			}
			if r.Approximate == nil {
				r.Approximate = map[string][]string{}
			}
			r.Approximate[target] = append(r.Approximate[target], code)
			r.Accepted = append(r.Accepted, rules.Accepted{Target: target, Code: code, TargetRange: p.Span(e.Key), Range: p.Span(c)})
		}
	}
}

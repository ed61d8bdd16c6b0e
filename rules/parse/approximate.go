package parse

import (
	"gopkg.in/yaml.v3"

	"decree/rules"
	"decree/rules/source"
)

// approximate reads the gaps that a rule accepts: by target, one code or a list of them.
func (p *parser) approximate(r *rules.Rule, n *yaml.Node) {
	for _, e := range p.Entries(n, "approximate") {
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

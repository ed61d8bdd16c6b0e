package parse

import (
	"decree/rules"

	"gopkg.in/yaml.v3"
)

// approximate reads the gaps that a rule accepts: by target, one code or a list of them.
func (p *parser) approximate(r *rules.Rule, n *yaml.Node) {
	for _, e := range p.entries(n, "approximate") {
		target := e.key.Value
		for _, c := range listNodes(e.value) {
			var code string
			p.text(&code, c, "an entry of approximate")
			if code == "" {
				continue
			}
			if r.Approximate == nil {
				r.Approximate = map[string][]string{}
			}
			r.Approximate[target] = append(r.Approximate[target], code)
			r.Accepted = append(r.Accepted, rules.Accepted{Target: target, Code: code, TargetRange: p.span(e.key), Range: p.span(c)})
		}
	}
}

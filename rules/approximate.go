package rules

import (
	"gopkg.in/yaml.v3"

	"decree/rules/diag"
)

// Accepted is one gap of one target that a rule accepts, and where it says so.
type Accepted struct {
	Target, Code string
	TargetRange  diag.Range
	Range        diag.Range
}

// approximate reads the gaps that a rule accepts: by target, one code or a list of them.
func (p *parser) approximate(r *Rule, n *yaml.Node) {
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
			r.Accepted = append(r.Accepted, Accepted{target, code, p.span(e.key), p.span(c)})
		}
	}
}

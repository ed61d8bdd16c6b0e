package parse

import (
	"gopkg.in/yaml.v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

func (p *parser) status(r *rules.Rule, e source.Entry) {
	r.Status = p.Word("invalid-status", e.Value, rules.Statuses())
}

func (p *parser) level(r *rules.Rule, e source.Entry) {
	r.Level = p.Word("invalid-level", e.Value, rules.Levels())
}

// id reads an id. One that is not a UUID still names the rule.
func (p *parser) id(r *rules.Rule, e source.Entry) {
	n := e.Value
	p.Text(&r.ID, n, "id")
	if source.IsNull(n) || n.Kind != yaml.ScalarNode {
		return
	}
	r.ID = rules.CanonicalID(n.Value)
	switch {
	case r.ID != n.Value:
		p.Fixable("id-form", p.Span(n), r.ID, "the id is a UUID, but not in the form that most tools read")
	case !rules.IsUUID(r.ID):
		p.Warnf("invalid-id", p.Span(n), "generate one, for example with `uuidgen`", "id %q is not a UUID", r.ID)
	}
}

func (p *parser) schedule(r *rules.Rule, section source.Entry) {
	for _, e := range p.Entries(section.Value, "schedule", "every", "lookback") {
		switch e.Key.Value {
		case "every":
			r.Schedule.Every = p.Duration(e.Value)
		case "lookback":
			r.Schedule.Lookback = p.Duration(e.Value)
		}
	}
}

func (p *parser) logSource(r *rules.Rule, section source.Entry) {
	n := section.Value
	r.LogSource.Range = p.Span(n)
	if n.Kind != yaml.MappingNode {
		p.Entries(n, "logsource")
		return
	}
	known := map[string]*string{"category": &r.LogSource.Category, "product": &r.LogSource.Product, "service": &r.LogSource.Service, "definition": &r.LogSource.Definition}
	for _, e := range p.Entries(n, "logsource") {
		if to := known[e.Key.Value]; to != nil {
			p.Text(to, e.Value, e.Key.Value)
		} else if near := diag.Closest(e.Key.Value, []string{"category", "product", "service", "definition"}); near != "" {
			p.UnknownKey(e.Key, "logsource", "category", "product", "service", "definition")
		}
	}
	if r.LogSource.Category+r.LogSource.Product+r.LogSource.Service == "" {
		p.Errorf("missing-logsource", r.LogSource.Range, "name a category, a product or a service", "the log source is empty")
	}
}

package parse

import (
	"slices"

	"gopkg.in/yaml.v3"

	"decree/rules"
	"decree/rules/diag"
)

// The words that Sigma 2.1 allows for status and level.
var (
	statuses = []string{"stable", "test", "experimental", "deprecated", "unsupported"}
	levels   = []string{"informational", "low", "medium", "high", "critical"}
)

// knownKeys are all top-level keys; a key near one of them is probably a slip.
var knownKeys = []string{"title", "id", "name", "related", "taxonomy", "status", "description", "license", "author", "references", "date",
	"modified", "logsource", "detection", "fields", "falsepositives", "level", "tags", "scope", "lists", "ancestry", "prevalence", "schedule",
	"documentation", "data_sources", "changelog", "approximate"}

// metadata reads everything that is not a section of its own.
func (p *parser) metadata(r *rules.Rule, top *yaml.Node) {
	texts := map[string]*string{"title": &r.Title, "name": &r.Name, "description": &r.Description, "author": &r.Author, "license": &r.License, "date": &r.Date, "modified": &r.Modified, "taxonomy": &r.Taxonomy}
	lists := map[string]*[]string{"references": &r.References, "tags": &r.Tags, "falsepositives": &r.FalsePositives, "fields": &r.Fields, "scope": &r.Scope}
	decoded := map[string]any{"documentation": &r.Documentation, "data_sources": &r.DataSources, "changelog": &r.Changelog}
	for i := 0; i+1 < len(top.Content); i += 2 {
		k, v := top.Content[i], top.Content[i+1]
		switch key := k.Value; {
		case texts[key] != nil:
			p.Prose(texts[key], v, key)
		case key == "id":
			p.id(&r.ID, v)
		case key == "status":
			r.Status = p.Word("invalid-status", v, statuses)
		case key == "level":
			r.Level = p.Word("invalid-level", v, levels)
		case lists[key] != nil:
			p.Texts(lists[key], v, key)
		case decoded[key] != nil:
			p.Decode(v, decoded[key], key, diag.Warning)
		case key == "schedule":
			p.schedule(r, v)
		case key == "approximate":
			p.approximate(r, v)
		case key == "related":
			p.related(r, v)
		case slices.Contains(knownKeys, key):
		default:
			r.Extra = append(r.Extra, rules.Extra{Key: key, Node: v, Range: p.Span(k)})
			if near := diag.Closest(key, knownKeys); near != "" {
				p.Warnf("unknown-key", p.Span(k), "did you mean `"+near+"`?", "%q is no key of a rule; it is kept as a custom attribute", key)
			}
		}
	}
}

func (p *parser) related(r *rules.Rule, n *yaml.Node) {
	var rows []struct {
		ID   string `yaml:"id"`
		Type string `yaml:"type"`
	}
	p.Decode(n, &rows, "related", diag.Warning)
	for _, row := range rows {
		r.Related = append(r.Related, rules.Related{ID: row.ID, Type: row.Type})
	}
}

func (p *parser) schedule(r *rules.Rule, n *yaml.Node) {
	for _, e := range p.Entries(n, "schedule") {
		switch e.Key.Value {
		case "every":
			r.Schedule.Every = p.Duration(e.Value)
		case "lookback":
			r.Schedule.Lookback = p.Duration(e.Value)
		default:
			p.UnknownKey(e.Key, "schedule", "every", "lookback")
		}
	}
}

func (p *parser) logSource(r *rules.Rule, n *yaml.Node) {
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
		p.Errorf("missing-logsource", r.LogSource.Range, "name a category, a product or a service", "this logsource names no log")
	}
}

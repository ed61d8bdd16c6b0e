package parse

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/source"
)

func (p *parser) risk(r *rules.Rule, section source.Entry) {
	risk := &r.Alerting.Risk
	risk.Range = p.Span(section.Value)
	for _, e := range p.Entries(section.Value, "risk", "score", "objects") {
		switch e.Key.Value {
		case "score":
			risk.Score = p.Whole("invalid-risk", e.Value, "score", "write a number from 1 to 100", 1, 100)
		case "objects":
			risk.Objects = p.namedFields(e.Value, "objects")
		}
	}
}

// entities reads `kind: field`, or `kind: [field, field]`.
func (p *parser) entities(r *rules.Rule, section source.Entry) {
	for _, e := range p.Entries(section.Value, "entities") {
		kind := e.Key.Value
		p.OneOf("unknown-entity", e.Key, kind, rules.EntityKinds)
		for _, f := range p.namedFields(e.Value, kind) {
			r.Alerting.Entities = append(r.Alerting.Entities, rules.Entity{Kind: kind, Field: f})
		}
	}
}

func (p *parser) customDetails(r *rules.Rule, section source.Entry) {
	for _, e := range p.Entries(section.Value, "custom_details") {
		key := rules.NamedField{Name: e.Key.Value, Range: p.Span(e.Key)}
		if !rules.DetailKey.MatchString(key.Name) {
			p.Errorf("invalid-detail", key.Range, "begin with a letter, and use letters, digits and underscores", "%q cannot name a custom detail", key.Name)
		}
		field := rules.NamedField{Range: p.Span(e.Value)}
		p.fieldName(&field.Name, e.Value, key.Name)
		if field.Name == "" && e.Value.Kind == yaml.ScalarNode {
			p.Errorf("wrong-type", field.Range, "name a field", "the custom detail %q has no field", key.Name)
		}
		r.Alerting.Details = append(r.Alerting.Details, rules.Detail{Key: key, Field: field})
	}
}

func (p *parser) alert(r *rules.Rule, section source.Entry) {
	for _, e := range p.Entries(section.Value, "alert", "title", "description") {
		to := &r.Alerting.Title
		if e.Key.Value == "description" {
			to = &r.Alerting.Description
		}
		*to = p.template(e.Value, e.Key.Value)
	}
}

// template reads a text with fields in braces.
func (p *parser) template(n *yaml.Node, what string) rules.Template {
	var text string
	p.Text(&text, n, what)
	out := rules.Template{Range: p.Span(n)}
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			out.Parts = append(out.Parts, rules.TemplatePart{Text: plain.String()})
			plain.Reset()
		}
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case (c == '{' || c == '}') && strings.HasPrefix(text[i+1:], string(c)):
			plain.WriteByte(c)
			i++
		case c == '{':
			end := strings.IndexByte(text[i:], '}')
			if end < 0 || strings.Contains(text[i+1:i+end], "{") || strings.TrimSpace(text[i+1:i+end]) == "" {
				p.badBrace(n, i, "a field's name and a closing brace must follow the opening brace")
				return out
			}
			flush()
			at := p.Within(n, i, end+1)
			out.Parts = append(out.Parts, rules.TemplatePart{Field: rules.NamedField{Name: p.withoutSelectors(strings.TrimSpace(text[i+1:i+end]), at), Range: at}})
			i += end
		case c == '}':
			p.badBrace(n, i, "a closing brace needs an opening one")
			return out
		default:
			plain.WriteByte(c)
		}
	}
	flush()
	return out
}

func (p *parser) badBrace(n *yaml.Node, at int, why string) {
	p.Errorf("invalid-template", p.Within(n, at, 1), "write {Field} for a field, {{ or }} for a brace", "%s", why)
}

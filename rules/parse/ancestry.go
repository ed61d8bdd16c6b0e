package parse

import (
	"decree/rules"
	"strconv"

	"gopkg.in/yaml.v3"
)

// ancestry reads the named conditions on ancestors.
func (p *parser) ancestry(r *rules.Rule, n *yaml.Node) {
	for _, e := range p.entries(n, "ancestry") {
		before := p.errors
		a := rules.Ancestry{Name: e.key.Value, Range: p.span(e.key)}
		for _, part := range p.entries(e.value, "an ancestry condition") {
			switch part.key.Value {
			case "parent":
				a.Levels = append(a.Levels, rules.AncestryLevel{Level: 1, Within: false, Body: p.selection(part.value), Range: p.span(part.key)})
			case "grandparent":
				a.Levels = append(a.Levels, rules.AncestryLevel{Level: 2, Within: false, Body: p.selection(part.value), Range: p.span(part.key)})
			case "ancestor":
				for _, m := range listNodes(part.value) {
					a.Levels = append(a.Levels, p.ancestor(part.key, m))
				}
			default:
				p.unknownKey(part.key, "an ancestry condition", "parent", "grandparent", "ancestor")
			}
		}
		if len(a.Levels) == 0 && p.errors == before {
			p.errorf("ancestry-empty", a.Range, "add parent, grandparent or ancestor", "ancestry %q says nothing", a.Name)
		}
		if p.claim(e.key) {
			r.Ancestry = append(r.Ancestry, a)
		}
	}
}

// ancestor reads `{level: n, ...fields}` or `{within: n, ...fields}`.
func (p *parser) ancestor(key, n *yaml.Node) rules.AncestryLevel {
	level := rules.AncestryLevel{Range: p.span(key), Body: rules.AllOf{}}
	fields := &yaml.Node{Kind: yaml.MappingNode, Line: n.Line, Column: n.Column}
	given := 0
	for _, e := range p.entries(n, "an ancestor") {
		if e.key.Value != "level" && e.key.Value != "within" {
			fields.Content = append(fields.Content, e.key, e.value)
			continue
		}
		given++
		count, err := strconv.Atoi(e.value.Value)
		if err != nil || count < 1 || count > rules.MaxAncestor {
			p.errorf("ancestry-level", p.span(e.value), "1 is the parent, 2 the grandparent", "%s must be 1 to %d, not %q", e.key.Value, rules.MaxAncestor, e.value.Value)
		}
		level.Level, level.Within = count, e.key.Value == "within"
	}
	if given != 1 {
		p.errorf("ancestry-level", level.Range, "add `level: 3` or `within: 3`", "an ancestor needs either level or within")
	}
	if len(fields.Content) == 0 {
		p.errorf("ancestry-empty", level.Range, "add fields, such as `Image|filename: x.exe`", "this ancestor has no fields")
		return level
	}
	level.Body = p.selection(fields)
	return level
}

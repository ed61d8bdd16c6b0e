package parse

import (
	"regexp"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/source"
)

// ancestry reads the named conditions on ancestors.
func (p *parser) ancestry(r *rules.Rule, section source.Entry) {
	for _, e := range p.Entries(section.Value, "ancestry") {
		before := p.Errors()
		a := rules.Ancestry{Name: e.Key.Value, Range: p.Span(e.Key)}
		for _, part := range p.Entries(e.Value, "an ancestry condition") {
			a.Levels = append(a.Levels, p.ancestryLevels(part)...)
		}
		if len(a.Levels) == 0 && p.Errors() == before {
			p.Errorf("ancestry-empty", a.Range, "add parent, grandparent or ancestor", "ancestry %q has no level", a.Name)
		}
		if p.claim(e.Key) {
			r.Ancestry = append(r.Ancestry, a)
		}
	}
}

// ancestryLevels reads a key of an ancestry condition: `parent`, `grandparent`, or `ancestor` with one level or a list.
func (p *parser) ancestryLevels(part source.Entry) (levels []rules.AncestryLevel) {
	switch key := part.Key.Value; {
	case key == "parent":
		return []rules.AncestryLevel{{Level: 1, Body: p.selection(part.Value), Range: p.Span(part.Key)}}
	case key == "grandparent":
		return []rules.AncestryLevel{{Level: 2, Body: p.selection(part.Value), Range: p.Span(part.Key)}}
	case key == "ancestor":
		for _, m := range source.Items(part.Value) {
			levels = append(levels, p.ancestor(part.Key, m))
		}
	case furtherAbove.MatchString(key):
		p.Errorf("unknown-key", p.Span(part.Key), "write `ancestor: {level: 3, ...}`, with the number of its level, or `within: 3` for any up to it", "unknown key %q in an ancestry condition", key)
	default:
		p.UnknownKey(part.Key, "an ancestry condition", "parent", "grandparent", "ancestor")
	}
	return levels
}

// ancestor reads `{level: n, ...fields}` or `{within: n, ...fields}`.
func (p *parser) ancestor(key, n *yaml.Node) rules.AncestryLevel {
	level := rules.AncestryLevel{Range: p.Span(key), Body: rules.AllOf{}}
	fields := &yaml.Node{Kind: yaml.MappingNode, Line: n.Line, Column: n.Column}
	given := 0
	for _, e := range p.Entries(n, "an ancestor") {
		if e.Key.Value != "level" && e.Key.Value != "within" {
			fields.Content = append(fields.Content, e.Key, e.Value)
			continue
		}
		given++
		level.Level = p.Whole("ancestry-level", e.Value, e.Key.Value, "1 is the parent, 2 the grandparent", 1, rules.MaxAncestor)
		level.Within = e.Key.Value == "within"
	}
	if given != 1 {
		p.Errorf("ancestry-level", level.Range, "add `level: 3` or `within: 3`", "an ancestor needs either level or within")
	}
	if len(fields.Content) == 0 {
		p.Errorf("ancestry-empty", level.Range, "add fields, such as `Image|filename: x.exe`", "this ancestor has no fields")
		return level
	}
	level.Body = p.selection(fields)
	return level
}

// furtherAbove is what people call a process above the grandparent.
var furtherAbove = regexp.MustCompile(`(?i)^(great|ancestor.*[0-9])`)

package parse

import (
	"decree/rules"
	"decree/rules/source"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

var correlationTypes = []string{string(rules.EventCount), string(rules.ValueCount), string(rules.ValueSum), string(rules.ValueAvg), string(rules.ValueMin), string(rules.ValueMax),
	string(rules.ValueMedian), string(rules.ValuePercentile), string(rules.Temporal), string(rules.TemporalOrdered)}

// The bounds of one correlation, far above what any needs.
const (
	maxInputs = 100
	maxGroups = 20
)

// correlation reads one correlation document.
func (p *parser) correlation(top *yaml.Node, sections map[string]entry) *rules.Correlation {
	c := &rules.Correlation{Body: &rules.Rule{Range: p.span(top), Keys: p.keyRanges(top)}}
	if _, ok := sections["title"]; !ok {
		p.errorf("missing-title", c.Body.Range, "add `title:`", "a correlation needs a title")
	}
	for _, key := range []string{"logsource", "detection", "lists", "ancestry", "prevalence"} {
		if e, ok := sections[key]; ok {
			p.errorf("correlation-detection", p.span(e.key), "put it into a rule of its own that the correlation names", "a correlation has no `%s`", key)
		}
	}
	p.metadata(c.Body, withoutKey(withoutKey(top, "correlation"), "generate"))
	if e, ok := sections["generate"]; ok {
		p.flag(&c.Generate, e.value, "generate")
	}
	section := sections["correlation"]
	before := p.errors
	given := map[string]entry{}
	for _, e := range p.entries(section.value, "correlation") {
		if isNull(e.value) {
			continue
		}
		given[e.key.Value] = e
		p.correlationKey(c, e)
	}
	if section.value.Kind == yaml.MappingNode {
		p.requireOfCorrelation(c, section, given, p.errors == before)
	}
	return c
}

func (p *parser) correlationKey(c *rules.Correlation, e entry) {
	switch e.key.Value {
	case "type":
		c.Type, c.TypeRange = rules.CorrelationType(p.word("invalid-correlation-type", e.value, correlationTypes)), p.span(e.value)
	case "rules":
		for _, n := range listNodes(e.value) {
			if n.Kind != yaml.ScalarNode || n.Value == "" {
				p.errorf("wrong-type", p.span(n), "", "a rule is named by its id or its name")
				continue
			}
			ref := rules.RuleReference{Text: n.Value, Range: p.span(n)}
			if slices.ContainsFunc(c.Inputs, func(in rules.Input) bool { return strings.EqualFold(in.Text, ref.Text) }) {
				p.errorf("duplicate-name", ref.Range, "remove one of them", "the correlation names %q twice", ref.Text)
				continue
			}
			c.Inputs = append(c.Inputs, rules.Input{RuleReference: ref})
		}
	case "group-by":
		c.GroupBy = p.namedFields(e.value, "group-by")
	case "timespan":
		c.Timespan = p.timespan(e.value)
	case "aliases":
		for _, a := range p.entries(e.value, "aliases") {
			alias := rules.Alias{NamedField: rules.NamedField{Name: a.key.Value, Range: p.span(a.key)}}
			for _, of := range p.entries(a.value, "an alias") {
				field := rules.AliasField{Input: of.key.Value, Range: p.span(of.key)}
				p.text(&field.Field, of.value, "an alias's field")
				alias.Of = append(alias.Of, field)
			}
			c.Aliases = append(c.Aliases, alias)
		}
	case "generate":
		p.flag(&c.Generate, e.value, "generate")
	case "condition": // read by requireOfCorrelation, which knows the type
	default:
		p.unknownKey(e.key, "correlation", "type", "rules", "group-by", "timespan", "condition", "aliases", "generate")
	}
}

func (p *parser) namedFields(n *yaml.Node, what string) []rules.NamedField {
	var out []rules.NamedField
	for _, m := range listNodes(n) {
		f := rules.NamedField{Range: p.span(m)}
		p.text(&f.Name, m, "an entry of "+what)
		switch {
		case f.Name == "":
			p.errorf("wrong-type", f.Range, "name a field", "an entry of %s is empty", what)
		case slices.ContainsFunc(out, func(o rules.NamedField) bool { return o.Name == f.Name }):
			p.errorf("duplicate-name", f.Range, "remove one of them", "%q stands twice in %s", f.Name, what)
		case len(out) == maxGroups:
			p.errorf("too-many-fields", f.Range, "name fewer", "%s holds at most %d fields", what, maxGroups)
			return out
		default:
			out = append(out, f)
		}
	}
	return out
}

// flag reads true or false.
func (p *parser) flag(to *bool, n *yaml.Node, what string) {
	value, ok := source.Truth(n.Value)
	switch {
	case isNull(n):
	case n.Kind != yaml.ScalarNode || !ok:
		p.errorf("wrong-type", p.span(n), "", "%s must be true or false", what)
	case n.ShortTag() != "!!bool":
		p.fixable("truth-word", p.span(n), strconv.FormatBool(value), "%s is true or false; YAML 1.2 does not know %q as one of them", what, n.Value)
	}
	*to = value
}

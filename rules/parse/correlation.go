package parse

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

var correlationTypes = []string{string(rules.EventCount), string(rules.ValueCount), string(rules.ValueSum), string(rules.ValueAvg), string(rules.ValueMin), string(rules.ValueMax),
	string(rules.ValueMedian), string(rules.ValuePercentile), string(rules.Temporal), string(rules.TemporalOrdered)}

// Limits of one correlation, far above what any needs.
const (
	maxInputs = 100
	maxGroups = 20
)

// correlation reads one correlation document.
func (p *parser) correlation(top *yaml.Node) *rules.Correlation {
	c := &rules.Correlation{Body: &rules.Rule{Range: p.Span(top), Keys: p.keyRanges(top)}}
	sections := p.sections(c.Body, rules.CorrelationRules, top)
	if e, ok := section(sections, "generate"); ok {
		p.Bool(&c.Generate, e.Value, "generate")
	}
	section, ok := section(sections, "correlation")
	if !ok {
		return c
	}
	before := p.Errors()
	given := map[string]source.Entry{}
	for _, e := range p.Entries(section.Value, "correlation") {
		if source.IsNull(e.Value) {
			continue
		}
		given[e.Key.Value] = e
		p.correlationKey(c, e)
	}
	if section.Value.Kind == yaml.MappingNode {
		p.requireOfCorrelation(c, section, given, p.Errors() == before)
	}
	if s := c.Body.Suppress; s != nil && s.By == nil {
		s.By = c.GroupBy
	}
	return c
}

func (p *parser) correlationKey(c *rules.Correlation, e source.Entry) {
	switch e.Key.Value {
	case "type":
		c.TypeRange = p.Span(e.Value)
		if plain, ok := strings.CutSuffix(e.Value.Value, "_extended"); ok && strings.HasPrefix(plain, string(rules.Temporal)) {
			p.Errorf("invalid-correlation-type", c.TypeRange, "write `"+plain+"`: its condition may be a text", "%q is not allowed here", e.Value.Value)
			return
		}
		c.Type = rules.CorrelationType(p.Word("invalid-correlation-type", e.Value, correlationTypes))
	case "rules":
		for _, n := range source.Items(e.Value) {
			p.input(c, n)
		}
	case "group-by":
		c.GroupBy = p.namedFields(e.Value, "group-by")
	case "timespan":
		c.Timespan = p.Timespan(e.Value)
	case "aliases":
		for _, a := range p.Entries(e.Value, "aliases") {
			c.Aliases = append(c.Aliases, p.alias(a))
		}
	case "generate":
		p.Bool(&c.Generate, e.Value, "generate")
	case "condition": // read by requireOfCorrelation, which knows the type
	default:
		p.unknownCorrelationKey(e.Key)
	}
}

// input reads the id or the name of a rule that a correlation reads.
func (p *parser) input(c *rules.Correlation, n *yaml.Node) {
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		p.Errorf("wrong-type", p.Span(n), "", "write the id or the name of a rule")
		return
	}
	ref := rules.RuleReference{Text: n.Value, Range: p.Span(n)}
	if slices.ContainsFunc(c.Inputs, func(in rules.Input) bool { return strings.EqualFold(in.Text, ref.Text) }) {
		p.Errorf("duplicate-name", ref.Range, "remove one of them", "the correlation names %q twice", ref.Text)
		return
	}
	c.Inputs = append(c.Inputs, rules.Input{RuleReference: ref})
}

// alias reads the fields that an alias has in the rules of a correlation.
func (p *parser) alias(e source.Entry) rules.Alias {
	alias := rules.Alias{NamedField: rules.NamedField{Name: e.Key.Value, Range: p.Span(e.Key)}}
	for _, of := range p.Entries(e.Value, "an alias") {
		field := rules.AliasField{Input: of.Key.Value, Range: p.Span(of.Key)}
		p.fieldName(&field.Field, of.Value, "an alias's field")
		alias.Of = append(alias.Of, field)
	}
	return alias
}

// unknownCorrelationKey reports a key that a correlation does not have. The hint knows where a misplaced one belongs.
func (p *parser) unknownCorrelationKey(k *yaml.Node) {
	keys := []string{"type", "rules", "group-by", "timespan", "condition", "aliases", "generate"}
	hint := diag.OneOf(k.Value, keys)
	switch key := k.Value; {
	case key == "field":
		hint = "move it below `condition`, as in `condition: {field: User, gte: 3}`"
	case key == "percentile":
		hint = "move it below `condition`, as in `condition: {field: Size, percentile: 95, gte: 3}`"
	case slices.Contains(correlationOps, key):
		hint = "move it below `condition`, as in `condition: {" + key + ": 3}`"
	case key == "timeframe":
		hint = "write `timespan`"
	case slices.Contains(sectionsOf(rules.CorrelationRules), key):
		hint = "write it at the left margin, beside `correlation`"
	}
	p.Errorf("unknown-key", p.Span(k), hint, "unknown key %q in correlation", k.Value)
}

func (p *parser) namedFields(n *yaml.Node, what string) []rules.NamedField {
	var out []rules.NamedField
	for _, m := range source.Items(n) {
		f := rules.NamedField{Range: p.Span(m)}
		p.fieldName(&f.Name, m, "an entry of "+what)
		switch {
		case m.Kind != yaml.ScalarNode: // which is reported
		case f.Name == "":
			p.Errorf("wrong-type", f.Range, "name a field", "empty entry in %s", what)
		case slices.ContainsFunc(out, func(o rules.NamedField) bool { return o.Name == f.Name }):
			p.Errorf("duplicate-name", f.Range, "remove one of them", "duplicate %q in %s", f.Name, what)
		case len(out) == maxGroups:
			p.Errorf("too-many-fields", f.Range, "name fewer", "%s may have at most %d fields", what, maxGroups)
			return out
		default:
			out = append(out, f)
		}
	}
	return out
}

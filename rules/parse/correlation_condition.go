package parse

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// requireOfCorrelation checks that a correlation has the keys that its type needs, and reads its condition.
func (p *parser) requireOfCorrelation(c *rules.Correlation, section source.Entry, given map[string]source.Entry, readable bool) {
	condition, ok := given["condition"]
	occurrence := ok && condition.Value.Kind == yaml.ScalarNode && c.Type.IsTemporal()
	for _, key := range []string{"type", "rules", "timespan"} {
		if key == "rules" && occurrence {
			continue // the condition names them
		}
		if _, ok := given[key]; !ok {
			p.Errorf("missing-"+key, p.Span(section.Key), "add `"+key+":` under correlation", "a correlation needs %s", key)
			readable = false
		}
	}
	if e, ok := given["rules"]; ok && readable && len(c.Inputs) == 0 && !occurrence {
		p.Errorf("missing-rules", p.Span(e.Value), "write ids or names", "the correlation has no rules")
	}
	if e, ok := given["timespan"]; ok && readable && c.Timespan <= 0 {
		p.Errorf("invalid-duration", p.Span(e.Value), "write a number above 0 and a unit, such as 30m, 2h or 7d", "the timespan of a correlation must be above 0")
	}
	if len(c.Inputs) > maxInputs {
		p.Errorf("too-many-rules", p.Span(given["rules"].Value), "split the correlation", "a correlation may have at most %d rules", maxInputs)
	}
	if !readable {
		return
	}
	switch {
	case occurrence:
		p.occurrence(c, condition.Value)
	case ok:
		p.thresholds(c, condition)
	case !c.Type.IsTemporal():
		p.Errorf("missing-condition", p.Span(section.Key), "add `condition: {gte: 10}` under correlation", "a correlation of type %s needs a condition", c.Type)
	}
	if c.Type == rules.TemporalOrdered {
		p.ordered(c)
	}
}

// thresholds reads a numeric condition: its bounds, the field they apply to, and a percentile.
func (p *parser) thresholds(c *rules.Correlation, section source.Entry) {
	percentile := false
	for _, e := range p.Entries(section.Value, "the condition of a correlation") {
		switch key := e.Key.Value; {
		case key == "field" && c.Type.OverValues():
			p.fieldsCounted(c, e.Value)
		case key == "percentile" && c.Type == rules.ValuePercentile:
			percentile = true
			p.percentile(c, e.Value)
		case key == "field" || key == "percentile":
			p.Warnf("unused-key", p.Span(e.Key), "remove it, or choose another type, such as value_count", "a correlation of type %s does not use %s", c.Type, key)
		case slices.Contains(correlationOps, key):
			c.Bounds = append(c.Bounds, rules.Bound{Op: key, Value: p.Number(e.Value), Range: p.Span(e.Value)})
		default:
			p.UnknownKey(e.Key, "the condition of a correlation", append([]string{"field", "percentile"}, correlationOps...)...)
		}
	}
	if section.Value.Kind == yaml.MappingNode {
		p.requireThresholds(c, p.Span(section.Key), percentile)
	}
}

func (p *parser) fieldsCounted(c *rules.Correlation, n *yaml.Node) {
	c.Fields = p.namedFields(n, "field")
	if len(c.Fields) > 1 && c.Type != rules.ValueCount {
		p.Errorf("too-many-fields", p.Span(n), "name one field", "only value_count can use several fields")
	}
}

func (p *parser) percentile(c *rules.Correlation, n *yaml.Node) {
	if c.Percentile = p.Number(n); c.Percentile <= 0 || c.Percentile > 100 {
		p.Errorf("invalid-number", p.Span(n), "write a number above 0 and up to 100", "%q is not a percentile", n.Value)
	}
}

// requireThresholds checks that a numeric condition has what the correlation's type needs. percentile tells whether it
// has a percentile, without which one is assumed.
func (p *parser) requireThresholds(c *rules.Correlation, at diag.Range, percentile bool) {
	if len(c.Bounds) == 0 {
		p.Errorf("missing-bound", at, "add a bound, such as `gte: 10`", "the condition has no bound")
	}
	if c.Type.OverValues() && len(c.Fields) == 0 {
		p.Errorf("missing-field", at, "add `field:` under condition", "a correlation of type %s needs a field", c.Type)
	}
	if c.Type == rules.ValuePercentile && !percentile {
		c.Percentile = defaultPercentile
		p.Warnf("missing-percentile", at, "add `percentile: 50`, or another number above 0 and up to 100",
			"the condition has no percentile; %d is used, as in the reference implementation", defaultPercentile)
	}
}

// defaultPercentile is used if a condition has no percentile.
const defaultPercentile = 50

var correlationOps = append(slices.Clone(boundOps), "neq")

// occurrence reads a condition over the rules of a correlation: `a and (b or not c)`.
func (p *parser) occurrence(c *rules.Correlation, n *yaml.Node) {
	reader := &conditionParser{parser: p, known: map[string]bool{}, define: "name it under `rules:` of the correlation"}
	if len(c.Inputs) == 0 {
		p.Warnf("correlation-without-rules", p.Span(n), "list them under `rules:`, as the specification requires", "the correlation has no `rules:`; the rules that its condition names are used")
		c.Inputs = p.namedInputs(n)
	}
	for _, in := range c.Inputs {
		reader.names = append(reader.names, in.Text)
		reader.known[in.Text] = true
	}
	if expr := reader.read(n); expr != nil {
		c.Condition = &rules.Condition{Text: n.Value, Range: p.Span(n), Expr: expr}
	}
}

// namedInputs are the rules that a condition names, in the order of the condition.
func (p *parser) namedInputs(n *yaml.Node) []rules.Input {
	var out []rules.Input
	tokens := tokenize(n.Value)
	for i, t := range tokens {
		quantified := i > 0 && strings.EqualFold(tokens[i-1].text, "of") || i+1 < len(tokens) && strings.EqualFold(tokens[i+1].text, "of")
		if quantified || slices.Contains([]string{"and", "or", "not", "of", "(", ")"}, strings.ToLower(t.text)) {
			continue // a pattern cannot be resolved before the names are known
		}
		if !slices.ContainsFunc(out, func(in rules.Input) bool { return in.Text == t.text }) {
			out = append(out, rules.Input{RuleReference: rules.RuleReference{Text: t.text, Range: p.Within(n, t.offset, len(t.text))}})
		}
	}
	return out
}

// ordered checks that a condition of temporal_ordered joins all rules by `and`: an order has no meaning if one is left
// out.
func (p *parser) ordered(c *rules.Correlation) {
	all := true
	var at diag.Range
	if c.Condition != nil {
		at = c.Condition.Range
		named := map[string]bool{}
		all = namesAll(c.Condition.Expr, named) && len(named) == len(c.Inputs)
	}
	for _, b := range c.Bounds {
		at = b.Range
		if (b.Op != "gte" && b.Op != "eq") || b.Value != float64(len(c.Inputs)) {
			all = false
		}
	}
	if !all {
		p.Errorf("ordered-condition", at, "remove the condition, or use `type: temporal`", "temporal_ordered needs every rule, in order")
		return
	}
	c.Condition, c.Bounds = nil, nil
}

// namesAll collects the names of an expression. It is false if the expression is more than names joined by `and`.
func namesAll(e rules.Expr, into map[string]bool) bool {
	switch e := e.(type) {
	case rules.NameExpr:
		into[e.Name] = true
	case rules.OfExpr:
		for _, n := range e.Names {
			into[n] = true
		}
		return e.All || e.Count == len(e.Names)
	case rules.AndExpr:
		for _, t := range e.Terms {
			if !namesAll(t, into) {
				return false
			}
		}
	default:
		return false
	}
	return true
}

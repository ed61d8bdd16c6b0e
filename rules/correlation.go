package rules

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"decree/rules/diag"
)

// Correlation is one Sigma correlation: what several matches of rules mean together.
// https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-correlation-rules-specification.md
type Correlation struct {
	Body       *Rule // its title, id, name and other metadata; it has no log source and no detection
	Type       CorrelationType
	TypeRange  diag.Range
	Inputs     []Input // the rules it reads, in the order they are named
	GroupBy    []NamedField
	Aliases    []Alias
	Timespan   time.Duration // above 0
	Bounds     []Bound       // all must hold; of a temporal correlation on the number of different inputs
	Fields     []NamedField  // what value_count counts together, or the one field others compute over
	Percentile float64       // of value_percentile: above 0, at most 100
	Condition  *Condition    // of a temporal correlation written as text; its names are those of inputs
	Generate   bool          // its inputs report their own matches too
}

// CorrelationType says what a correlation asks of the matches in its window.
type CorrelationType string

// The types of Sigma, those of its coming version included.
const (
	EventCount      CorrelationType = "event_count"
	ValueCount      CorrelationType = "value_count"
	ValueSum        CorrelationType = "value_sum"
	ValueAvg        CorrelationType = "value_avg"
	ValueMin        CorrelationType = "value_min"
	ValueMax        CorrelationType = "value_max"
	ValueMedian     CorrelationType = "value_median"
	ValuePercentile CorrelationType = "value_percentile"
	Temporal        CorrelationType = "temporal"
	TemporalOrdered CorrelationType = "temporal_ordered"
)

var correlationTypes = []string{string(EventCount), string(ValueCount), string(ValueSum), string(ValueAvg), string(ValueMin), string(ValueMax),
	string(ValueMedian), string(ValuePercentile), string(Temporal), string(TemporalOrdered)}

// IsTemporal tells whether the correlation asks which inputs occurred, not how often or with which values.
func (t CorrelationType) IsTemporal() bool { return t == Temporal || t == TemporalOrdered }

// OverValues tells whether the correlation reads a field.
func (t CorrelationType) OverValues() bool { return t != EventCount && !t.IsTemporal() }

// Input is a rule or a correlation that a correlation reads. Link sets one of them.
type Input struct {
	RuleReference
	Rule        *Rule
	Correlation *Correlation
}

// Name is what the input is called in conditions and aliases: the name of its rule, or how it is referred to.
func (in Input) Name() string {
	body := in.body()
	if body != nil && body.Name != "" {
		return body.Name
	}
	return in.Text
}

func (in Input) body() *Rule {
	if in.Correlation != nil {
		return in.Correlation.Body
	}
	return in.Rule
}

// NamedField is a field, or an alias, at its place.
type NamedField struct {
	Name  string
	Range diag.Range
}

// Alias names a field that is another one in each input.
type Alias struct {
	NamedField
	Of []AliasField // an input that is not among them has the field by the alias's own name
}

// AliasField says which field the alias is in one input.
type AliasField struct {
	Input string
	Field string
	Range diag.Range // of the input's name
}

// The bounds of one correlation, far above what any needs.
const (
	maxInputs = 100
	maxGroups = 20
)

// correlation reads one correlation document.
func (p *parser) correlation(top *yaml.Node, sections map[string]entry) *Correlation {
	c := &Correlation{Body: &Rule{Range: p.span(top), places: p.places(top)}}
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

func (p *parser) correlationKey(c *Correlation, e entry) {
	switch e.key.Value {
	case "type":
		c.Type, c.TypeRange = CorrelationType(p.word("invalid-correlation-type", e.value, correlationTypes)), p.span(e.value)
	case "rules":
		for _, n := range listNodes(e.value) {
			if n.Kind != yaml.ScalarNode || n.Value == "" {
				p.errorf("wrong-type", p.span(n), "", "a rule is named by its id or its name")
				continue
			}
			ref := RuleReference{n.Value, p.span(n)}
			if slices.ContainsFunc(c.Inputs, func(in Input) bool { return strings.EqualFold(in.Text, ref.Text) }) {
				p.errorf("duplicate-name", ref.Range, "remove one of them", "the correlation names %q twice", ref.Text)
				continue
			}
			c.Inputs = append(c.Inputs, Input{RuleReference: ref})
		}
	case "group-by":
		c.GroupBy = p.namedFields(e.value, "group-by")
	case "timespan":
		c.Timespan = p.timespan(e.value)
	case "aliases":
		for _, a := range p.entries(e.value, "aliases") {
			alias := Alias{NamedField: NamedField{a.key.Value, p.span(a.key)}}
			for _, of := range p.entries(a.value, "an alias") {
				field := AliasField{Input: of.key.Value, Range: p.span(of.key)}
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

func (p *parser) namedFields(n *yaml.Node, what string) []NamedField {
	var out []NamedField
	for _, m := range listNodes(n) {
		f := NamedField{Range: p.span(m)}
		p.text(&f.Name, m, "an entry of "+what)
		switch {
		case f.Name == "":
			p.errorf("wrong-type", f.Range, "name a field", "an entry of %s is empty", what)
		case slices.ContainsFunc(out, func(o NamedField) bool { return o.Name == f.Name }):
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
	value, ok := Truth(n.Value)
	switch {
	case isNull(n):
	case n.Kind != yaml.ScalarNode || !ok:
		p.errorf("wrong-type", p.span(n), "", "%s must be true or false", what)
	case n.ShortTag() != "!!bool":
		p.fixable("truth-word", p.span(n), strconv.FormatBool(value), "%s is true or false; YAML 1.2 does not know %q as one of them", what, n.Value)
	}
	*to = value
}

package rules

import (
	"slices"
	"time"

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
	body := in.Body()
	if body != nil && body.Name != "" {
		return body.Name
	}
	return in.Text
}

// Body is the rule's or the correlation's own metadata; nil before Link.
func (in Input) Body() *Rule {
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

// InputNamed is the position of the input with a name or id; -1 without one.
func (c *Correlation) InputNamed(text string) int {
	return slices.IndexFunc(c.Inputs, func(in Input) bool {
		return in.Text == text || in.Body() != nil && RuleReference{Text: text}.Names(in.Body())
	})
}

// FieldOf is the field that a name of group-by or of the condition is in an input.
func (c *Correlation) FieldOf(name string, input int) string {
	for _, a := range c.Aliases {
		for _, of := range a.Of {
			if a.Name == name && c.InputNamed(of.Input) == input {
				return of.Field
			}
		}
	}
	return name
}

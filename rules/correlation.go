package rules

import (
	"slices"
	"time"

	"decree/rules/diag"
)

// Correlation is one Sigma correlation: it matches when several matches of rules occur together.
// https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-correlation-rules-specification.md
type Correlation struct {
	Body       *Rule // its title, id, name and other metadata; it has no log source and no detection
	Type       CorrelationType
	TypeRange  diag.Range
	Inputs     []Input // the rules it reads, in the order they are named
	GroupBy    []NamedField
	Aliases    []Alias
	Timespan   time.Duration // greater than 0
	Bounds     []Bound       // all must hold; in a temporal correlation they limit the number of different inputs
	Fields     []NamedField  // the fields that value_count counts together, or the single field of other types
	Percentile float64       // for value_percentile: greater than 0, at most 100
	Condition  *Condition    // for a temporal correlation with a condition as text; its names are names of inputs
	Generate   bool          // its inputs report their own matches too
}

// CorrelationType says what a correlation computes from the matches in its window.
type CorrelationType string

// The types of Sigma, including those of its next version.
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

// IsTemporal tells whether the correlation is about which inputs occurred, and not about how often or with which
// values.
func (t CorrelationType) IsTemporal() bool { return t == Temporal || t == TemporalOrdered }

// OverValues tells whether the correlation reads a field.
func (t CorrelationType) OverValues() bool { return t != EventCount && !t.IsTemporal() }

// Input is a rule or a correlation that a correlation reads. Link sets one of them.
type Input struct {
	RuleReference
	Rule        *Rule
	Correlation *Correlation
}

// Name is the name of the input in conditions and aliases: the name of its rule, or the text that refers to it.
func (in Input) Name() string {
	body := in.Body()
	if body != nil && body.Name != "" {
		return body.Name
	}
	return in.Text
}

// Body is the metadata of the rule or correlation. It is nil before Link.
func (in Input) Body() *Rule {
	if in.Correlation != nil {
		return in.Correlation.Body
	}
	return in.Rule
}

// NamedField is a field or an alias, with its position.
type NamedField struct {
	Name  string
	Range diag.Range
}

// Alias is a name for a field that has a different name in each input.
type Alias struct {
	NamedField
	Of []AliasField // an input that is not listed has a field with the alias's own name
}

// AliasField is the field that an alias stands for in one input.
type AliasField struct {
	Input string
	Field string
	Range diag.Range // of the input's name
}

// InputNamed is the index of the input with a name or id, or -1.
func (c *Correlation) InputNamed(text string) int {
	return slices.IndexFunc(c.Inputs, func(in Input) bool {
		return in.Text == text || in.Body() != nil && RuleReference{Text: text}.Names(in.Body())
	})
}

// FieldOf is the field of an input that a name in group-by or in the condition stands for.
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

package ir

import (
	"slices"

	"decree/rules"
	"decree/rules/diag"
)

// LowerFilter lowers what a filter requires of the events of the rules it covers. It is nil if there are errors.
func LowerFilter(f *rules.Filter) (Node, diag.Diagnostics) {
	lowered, found := Lower(RequiredOf(f))
	if lowered == nil {
		return nil, found
	}
	return Anonymous(lowered.Condition), found
}

// RequiredOf is a rule of the filter's log sources that finds the events that pass the filter.
func RequiredOf(f *rules.Filter) *rules.Rule {
	body := *f.Body
	body.Conditions = []rules.Condition{{Text: f.Required.String(), Range: f.Body.Conditions[0].Range, Expr: f.Required}}
	return &body
}

// SourceFilter is what a filter requires of the events of some of a rule's log sources. Those of the others pass.
type SourceFilter struct {
	LogSources []rules.LogSource
	Required   Node
}

// Filtered is a copy of the rule with a filter added. required is what the filter requires, lowered.
func (r *Rule) Filtered(f *rules.Filter, required Node) *Rule {
	out, covered := *r, f.CoveredOf(r.Source)
	if len(covered) == len(r.Source.LogSources()) {
		out.Filter = required
		if r.Filter != nil {
			out.Filter = simplify(&And{Base: Base{required.Range()}, Terms: []Node{r.Filter, required}})
		}
		return &out
	}
	out.SourceFilters = append(slices.Clone(r.SourceFilters), SourceFilter{covered, required})
	return &out
}

// OfSource is the rule as it is asked of the events of a source: with the filters of the log sources that have it, and
// without those of the others. Their tests are the same nodes.
func (r *Rule) OfSource(has func(rules.LogSource) bool) *Rule {
	if len(r.SourceFilters) == 0 {
		return r
	}
	var required []Node
	if r.Filter != nil {
		required = append(required, r.Filter)
	}
	for _, f := range r.SourceFilters {
		if slices.ContainsFunc(f.LogSources, has) {
			required = append(required, f.Required)
		}
	}
	out := r.Unfiltered()
	switch len(required) {
	case 0:
	case 1:
		out.Filter = required[0]
	default:
		out.Filter = &And{Base: Base{required[0].Range()}, Terms: required}
	}
	return out
}

// Unfiltered is the rule without the environment's filters.
func (r *Rule) Unfiltered() *Rule {
	out := *r
	out.Filter, out.SourceFilters = nil, nil
	return &out
}

// Required gives what the environment's filters require, of the events of any log source of the rule.
func (r *Rule) Required() []Node {
	var out []Node
	if r.Filter != nil {
		out = append(out, r.Filter)
	}
	for _, f := range r.SourceFilters {
		out = append(out, f.Required)
	}
	return out
}

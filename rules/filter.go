package rules

import (
	"slices"
	"strings"

	"decree/rules/diag"
)

// Filter is one Sigma filter document. The rules it applies to report only events for which Required holds.
// https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-filters-specification.md
type Filter struct {
	Body     *Rule // title, log source, search identifiers and conditions, as written
	Required Expr  // what an event must satisfy, from all conditions together
	Any      bool  // it applies to every rule of its log source
	Rules    []RuleReference
}

// RuleReference names a rule by id or name.
type RuleReference struct {
	Text  string
	Range diag.Range
}

// Covers tells whether the filter applies to a rule: it names the rule or any rule, and the parts of its log source are
// those of the rule's, or of one of them.
func (f *Filter) Covers(r *Rule) bool {
	return len(f.CoveredOf(r)) > 0 && (f.Any || slices.ContainsFunc(f.Rules, func(ref RuleReference) bool { return ref.Names(r) }))
}

// CoveredOf gives those of a rule's log sources that have the parts of the filter's. The filter is asked only of their
// events.
func (f *Filter) CoveredOf(r *Rule) []LogSource {
	return slices.DeleteFunc(r.LogSources(), func(of LogSource) bool {
		return !slices.ContainsFunc(f.Body.LogSources(), func(ls LogSource) bool { return ls.covers(of) })
	})
}

// Names tells whether the reference names a rule.
func (ref RuleReference) Names(r *Rule) bool {
	return ref.Text != "" && (strings.EqualFold(CanonicalID(ref.Text), r.ID) || ref.Text == r.Name)
}

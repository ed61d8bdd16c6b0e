package ir

import (
	"decree/rules"
	"decree/rules/diag"
)

// LowerFilter lowers what an environment's filter says of the rules it covers: not what it
// describes. It is nil when there are errors.
func LowerFilter(f *rules.Filter) (*Not, diag.Diagnostics) {
	lowered, found := Lower(f.Body)
	if lowered == nil {
		return nil, found
	}
	return &Not{Base: Base{At: f.Body.Range}, Term: Anonymous(lowered.Condition)}, found
}

// Filtered is the rule with a filter laid over it. The rule itself stays as it was.
func (r *Rule) Filtered(not *Not) *Rule {
	out := *r
	if r.Filter == nil {
		out.Filter = not
	} else {
		out.Filter = &And{Base: not.Base, Terms: []Node{r.Filter, not}}
	}
	return &out
}

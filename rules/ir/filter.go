package ir

import (
	"decree/rules"
	"decree/rules/diag"
)

// LowerFilter lowers what a filter requires of the events of the rules it covers. It is nil if there are errors.
func LowerFilter(f *rules.Filter) (Node, diag.Diagnostics) {
	body := *f.Body
	body.Conditions = []rules.Condition{{Text: f.Required.String(), Range: f.Body.Conditions[0].Range, Expr: f.Required}}
	lowered, found := Lower(&body)
	if lowered == nil {
		return nil, found
	}
	return Anonymous(lowered.Condition), found
}

// Filtered is a copy of the rule with a filter added.
func (r *Rule) Filtered(required Node) *Rule {
	out := *r
	if r.Filter == nil {
		out.Filter = required
	} else {
		out.Filter = simplify(&And{Base: Base{required.Range()}, Terms: []Node{r.Filter, required}})
	}
	return &out
}

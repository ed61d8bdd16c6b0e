package engine

import (
	"slices"
	"strings"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// filteredOut reports sources that a rule is not asked of because its filter reads what they do not have.
func (e *Engine) filteredOut(r *ir.Rule, asked []*schema.Source, found *diag.Diagnostics) {
	if r.Filter == nil || len(asked) == 0 {
		return
	}
	bare := *r
	bare.Filter = nil
	var names []string
	for _, s := range e.opt.Model.Answering(&bare) {
		if !slices.Contains(asked, s) {
			names = append(names, s.Name)
		}
	}
	if len(names) > 0 {
		found.Warnf("several-sources", r.Filter.Range(), "name fields as the category has them in each of its logs, such as User and not SubjectUserName",
			"the rule %q is not asked of %s: data model %s has not all fields there that the filter reads", r.Source.Title, strings.Join(names, ", "), e.opt.Model.Name)
	}
}

package engine

import (
	"slices"
	"strings"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// filteredOut reports log sources on which a rule does not run because they lack a field that its filter reads.
func (p *plan) filteredOut(r *ir.Rule, asked []*schema.Source, found *diag.Diagnostics) {
	if len(asked) == 0 || len(r.Required()) == 0 {
		return
	}
	m := p.opt.Model
	left := m.LeftOut(r)
	ofRule := m.Answering(r.Unfiltered())
	left = slices.DeleteFunc(left, func(l schema.LeftOut) bool {
		return slices.Contains(asked, l.Source) || !slices.Contains(ofRule, l.Source)
	})
	if len(left) == 0 {
		return
	}
	var names []string
	for _, l := range left {
		names = append(names, l.Source.Name+" (no "+l.Field.String()+")")
	}
	found.Warnf("several-sources", left[0].By.Range(), "exclude by fields that all logs of the rule have, or name the log source of the filter more closely",
		"the rule %q is not asked of %s: its filter reads fields that data model %s does not have there", r.Source.Title, strings.Join(names, ", "), m.Name)
}

// NotAsked is a source of a rule's log source that the rule is not asked of: its events lack a field by which the rule
// itself excludes, or a test of the field cannot be asked there. What a filter takes away is a finding of New.
type NotAsked struct {
	Rule      *ir.Rule `json:"-"`
	LogSource string   `json:"log_source"` // the model's name for it
	Field     string   `json:"field"`
	Why       string   `json:"why,omitempty"` // the test cannot be asked; "" if the events lack the field
}

// NotAsked gives these sources of every rule, in the rules' order.
func (p *plan) NotAsked() []NotAsked {
	asked := make([][]*schema.Source, len(p.rules))
	for _, u := range p.units {
		if u.rare == nil {
			asked[u.rule.order] = append(asked[u.rule.order], p.sources[u.source].Source)
		}
	}
	var out []NotAsked
	for i, r := range p.rules {
		if r.copyOf != nil {
			continue
		}
		isAsked := func(s *schema.Source) bool { return slices.Contains(asked[i], s) }
		candidates := p.opt.Model.Candidates(r.ir)
		if !slices.ContainsFunc(candidates, func(s *schema.Source) bool { return !isAsked(s) }) {
			continue
		}
		for _, left := range p.opt.Model.LeftOut(r.ir.Unfiltered()) {
			if !isAsked(left.Source) && !left.Unaskable { // where none can answer, all are asked
				out = append(out, NotAsked{Rule: r.ir, LogSource: left.Source.Name, Field: left.Field.String()})
			}
		}
		for _, c := range p.opt.Model.CannotAsk(r.ir.Unfiltered()) {
			if c.Unsearched && !isAsked(c.Source) {
				out = append(out, NotAsked{r.ir, c.Source.Name, c.By.Field.String(), c.Why})
			}
		}
	}
	return out
}

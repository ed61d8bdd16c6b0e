package parse

import (
	"slices"

	"decree/rules"
	"decree/rules/diag"
)

// LinkJoins sets the rules that joins name. It gives the rules that cannot be run, because a rule that they join,
// directly or through others, is unknown or cannot be joined. A name in the rule's own file is preferred.
func LinkJoins(rs []*rules.Rule, cs []*rules.Correlation) ([]*rules.Rule, diag.Diagnostics) {
	if !slices.ContainsFunc(rs, func(r *rules.Rule) bool { return len(r.Joins) > 0 }) {
		return nil, nil
	}
	l := &joinLinker{linker: newLinker(rs, cs), state: map[*rules.Rule]linkState{}}
	var failed []*rules.Rule
	for _, r := range rs {
		if !l.link(r, 0) {
			failed = append(failed, r)
		}
	}
	return failed, l.found
}

type joinLinker struct {
	*linker
	state map[*rules.Rule]linkState
}

// link tells whether all rules that a rule joins can be joined.
func (l *joinLinker) link(r *rules.Rule, above int) bool {
	if l.state[r] != 0 {
		return l.state[r] == linked
	}
	l.state[r] = linking
	whole := true
	for i := range r.Joins {
		whole = l.join(r, &r.Joins[i], above) && whole
	}
	l.state[r] = broken
	if whole {
		l.state[r] = linked
	}
	return whole
}

// join links one join.
func (l *joinLinker) join(r *rules.Rule, j *rules.Join, above int) bool {
	in := rules.Input{RuleReference: j.Rule}
	if !l.resolve(r.Range.File, &in) {
		return false
	}
	at := j.Rule.Range
	switch {
	case in.Correlation != nil:
		l.found.Errorf("joined-correlation", at, "join one of the rules that it reads", "%q is a correlation, and only rules can be joined", j.Rule.Text)
		return false
	case len(in.Rule.Prevalence) > 0:
		l.found.Errorf("joined-prevalence", at, "join a rule without prevalence", "%q asks how rare a value is, and such a rule cannot be joined", j.Rule.Text)
		return false
	case l.state[in.Rule] == linking:
		l.found.Errorf("join-cycle", at, "remove one of the references", "%q joins itself through %q", r.Title, j.Rule.Text)
		return false
	case above >= maxChain:
		l.found.Errorf("join-chain", at, "combine some of them", "more than %d rules join each other", maxChain)
		return false
	}
	j.Other = in.Rule
	return l.link(in.Rule, above+1)
}

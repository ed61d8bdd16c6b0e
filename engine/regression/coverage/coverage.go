// Package coverage tells which parts of a rule its tests made decide. In: a lowered rule and its tests.
// Out: goals, each met or not. A part has decided when some test's matches would be others had the part
// come out otherwise; what provably cannot decide is not a goal.
package coverage

import (
	"fmt"
	"slices"

	"decree/engine/regression/mutation"
	"decree/rules/diag"
	"decree/rules/ir"
)

// Goal is one thing that tests should make decide.
type Goal struct {
	Kind string     `json:"kind"` // name, branch, value or wildcard
	At   diag.Range `json:"at"`
	What string     `json:"what"` // in words
	Met  bool       `json:"met"`
	rule *ir.Rule   // the rule, had the part come out otherwise
}

// Report is the coverage of one rule.
type Report struct {
	Goals []Goal `json:"goals"`
}

// Met counts the goals that are met.
func (r Report) Met() int {
	met := 0
	for _, g := range r.Goals {
		if g.Met {
			met++
		}
	}
	return met
}

// Measure runs a rule's tests with each of its parts turned.
func Measure(r *ir.Rule, trials []mutation.Trial) (Report, error) {
	goals := goalsOf(r)
	variants := []*ir.Rule{r}
	for _, g := range goals {
		variants = append(variants, g.rule)
	}
	for _, t := range trials {
		matched, err := mutation.Matched(t, variants)
		if err != nil {
			return Report{}, err
		}
		for i := range goals {
			goals[i].Met = goals[i].Met || !slices.Equal(matched[0], matched[i+1])
		}
	}
	return Report{slices.DeleteFunc(goals, func(g Goal) bool { return !g.Met && mutation.Equivalent(r, g.rule) })}, nil
}

// goalsOf lists what should decide: every name and every part of a connective by holding and by not
// holding, and every value and wildcard by being there.
func goalsOf(r *ir.Rule) []Goal {
	var goals []Goal
	constant := func(kind string, old ir.Node, at diag.Range, label string) {
		for _, holds := range []bool{true, false} {
			other := &ir.Const{Base: ir.Base{At: at}, Value: !holds}
			what := label + " holds"
			if !holds {
				what = label + " does not hold"
			}
			goals = append(goals, Goal{Kind: kind, At: at, What: what, rule: ir.Replace(r, old, other)})
		}
	}
	for _, n := range r.Names {
		constant("name", n.Body, n.At, n.Name)
	}
	seen := map[ir.Node]bool{r.Condition: true}
	for _, n := range r.Names {
		seen[n.Body] = true
	}
	visit := func(n ir.Node) bool {
		_, named := n.(*ir.Named)
		if !named && !seen[n] {
			seen[n] = true
			constant("branch", n, n.Range(), mutation.Label(n))
		}
		return !named
	}
	ir.Inspect(r.Condition, visit)
	for _, n := range r.Names {
		ir.Inspect(n.Body, visit)
	}
	for _, m := range mutation.Mutants(r) {
		if m.Kind == "value" || m.Kind == "wildcard" {
			goals = append(goals, Goal{Kind: m.Kind, At: m.At, What: fmt.Sprintf("the %s: %s", m.Kind, m.Change), rule: m.Rule})
		}
	}
	return goals
}

package kql

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/ir"
	"decree/rules/schema"
)

// eachOnce has the branches of a rule find no event twice. A log and a category in it may read one table, by different
// columns, and the engine reports an event that matches for both of them once. So the wider branch leaves out what the
// narrower finds, or the narrower what the wider finds if only the narrower depends on other events.
func eachOnce(branches []*writer) {
	ranked := slices.Clone(branches)
	slices.SortStableFunc(ranked, func(a, b *writer) int {
		if one, two := a.dependsOnOthers(), b.dependsOnOthers(); one != two {
			if two {
				return -1
			}
			return 1
		}
		return b.fewestTests() - a.fewestTests()
	})
	for i, wide := range ranked {
		for _, narrow := range ranked[:i] {
			if wide.overlaps(narrow) {
				wide.besides = append(wide.besides, narrow)
			}
		}
	}
}

// dependsOnOthers tells whether other events decide whether an event matches.
func (w *writer) dependsOnOthers() bool {
	asked := newWriter(w.plan, newNames(w.plan.Model, w.plan.Tables()))
	for _, c := range w.conjuncts() {
		asked.prepare(c)
	}
	return asked.combines()
}

// fewestTests tells how wide a branch is: how many tests a row passes at least to belong to it.
func (w *writer) fewestTests() int {
	least := -1
	for _, tests := range compilers.Scopes(w.sources) {
		if least < 0 || len(tests) < least {
			least = len(tests)
		}
	}
	return max(least, 0)
}

// overlaps tells whether both branches may find a row: it belongs to sources of both, and the conditions of this one,
// which may be of other channels alone, do not rule out the other source.
func (w *writer) overlaps(other *writer) bool {
	return slices.ContainsFunc(w.sources, func(a *schema.Source) bool {
		return slices.ContainsFunc(other.sources, func(b *schema.Source) bool {
			return w.plan.TableOf(a) == other.plan.TableOf(b) && !a.Disjoint(b) && !w.plan.Model.NeverIn(a, b, w.plan.Conditions()...)
		})
	})
}

// leaveOut is the stage that leaves out what the branches besides this one find. A condition that is the same in both
// branches holds for every row of this one, so it is not asked again.
func (w *writer) leaveOut(lets *strings.Builder) []string {
	if len(w.besides) == 0 {
		return nil
	}
	own := map[string]bool{}
	for _, c := range w.conjuncts() {
		own[w.alone(c)] = true
	}
	var stages []string
	for _, b := range w.besides {
		narrow := newWriter(b.plan, w.names)
		narrow.sources, narrow.lists, narrow.arraysMade = b.sources, w.lists, w.arraysMade
		all := logic.All{}
		if scope := narrow.inScope(true); len(scope) > 0 {
			all = append(all, scope)
		}
		var asked []ir.Node
		for _, c := range narrow.conjuncts() {
			if !own[narrow.alone(c)] {
				asked = append(asked, c)
				narrow.prepare(&ir.Not{Term: c})
			}
		}
		if narrow.combines() {
			w.foundTwice(b)
			continue
		}
		lets.WriteString(narrow.listLets())
		for _, n := range asked {
			all = append(all, logic.Build(n, narrow.predicate))
		}
		counted, arrays := narrow.takeArrays()
		w.arraysMade = narrow.arraysMade
		w.found, w.assets = append(w.found, narrow.found...), compilers.AddAssets(w.assets, narrow.assets...)
		stages = append(append(append(stages, counted...), where(logic.Not{Term: all})), done(arrays)...)
	}
	return stages
}

// foundTwice reports another branch of which other events decide what this one has to leave out.
func (w *writer) foundTwice(other *writer) {
	at := w.plan.Rule.Source.LogSource.Range
	message := fmt.Sprintf("%s and %s of data model %s read one table, and other events decide which events both find", other.plan.Source.Name, w.plan.Source.Name, w.plan.Model.Name)
	if w.plan.Options().Accepts("kql", w.plan.Rule.Source, "several-sources") {
		w.plan.Note("several-sources", "false-positives", at, message+": such an event comes twice")
		return
	}
	w.found.Errorf("several-sources", at, "use a log source that only one of them answers, or "+compilers.AcceptHint("kql", "several-sources"), "kql: %s", message)
}

// conjuncts are those of the rule's condition and of the environment's filter.
func (w *writer) conjuncts() []ir.Node {
	var all []ir.Node
	for _, c := range w.plan.Conditions() {
		all = append(all, compilers.Conjuncts(c)...)
	}
	return compilers.FlatConjuncts(all)
}

// alone is the query of a plan with a single condition, whatever its scope: equal texts mean equal conditions.
func (w *writer) alone(condition ir.Node) string {
	one, rule, source := *w.plan, *w.plan.Rule, *w.plan.Source
	rule.Condition, rule.Filter, source.Scope = condition, nil, nil
	one.Rule, one.Filter, one.Source, one.Notes = &rule, nil, &source, nil
	return textWithoutScope(&one)
}

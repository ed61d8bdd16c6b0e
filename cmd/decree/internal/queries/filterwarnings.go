package queries

import (
	"slices"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/ruleset"
	"decree/compilers"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// shownLogs bounds how much a warning names that events lack.
const shownLogs = 4

// FilterWarnings says, once for each filter, what it does to queries beside what it excludes: which logs it takes out
// of them, as their events lack a field by which it excludes, and from which data model it moves them to another. What
// rules themselves exclude by is only noted in their queries.
func FilterWarnings(set *ruleset.Set, results []Result) (found diag.Diagnostics) {
	for _, w := range filterWarnings(set, results) {
		found = append(found, w.text())
	}
	return found
}

// WithFilterWarnings is the results with the warnings of FilterWarnings among the findings of each that they are about.
func WithFilterWarnings(set *ruleset.Set, results []Result) []Result {
	out := slices.Clone(results)
	for _, w := range filterWarnings(set, results) {
		for _, i := range w.results {
			out[i].Found = append(slices.Clone(out[i].Found), w.text())
		}
	}
	return out
}

// filterWarning is what a filter does to queries.
type filterWarning struct {
	filter  *rules.Filter
	effect  effect
	results []int // indexes of those whose queries it concerns
	rules   map[*rules.Rule]bool
	lacking []string   // what events lack
	at      diag.Range // the first condition on such a field
}

// effect is what a filter does: it moves queries from one data model to another, or if both are empty, takes logs out.
type effect struct{ from, to string }

// filterEffects are the effects of all filters, in the order in which they are met.
type filterEffects []*filterWarning

func filterWarnings(set *ruleset.Set, results []Result) []*filterWarning {
	var all filterEffects
	for i, c := range results {
		if c.Query == nil || c.model == nil {
			continue
		}
		all.addMoved(i, c)
		all.addLeftOut(i, c, set)
	}
	return all
}

// addMoved adds the filters by which a query is of another data model.
func (all *filterEffects) addMoved(result int, c Result) {
	for _, p := range c.passedOver {
		for _, by := range p.by {
			all.add(by.filter, effect{p.model, c.Model}, result, c.Source.IR.Source, by.why.Message, by.why.Range)
		}
	}
}

// addLeftOut adds the filters by which a query leaves out logs.
func (all *filterEffects) addLeftOut(result int, c Result, set *ruleset.Set) {
	for _, r := range rulesOf(c.Source) {
		for _, left := range c.model.LeftOut(r) {
			if f := filterAt(set.FiltersOn(ruleset.Rule{IR: r}), left.By.Range()); f != nil { // else the rule itself excludes
				all.add(f, effect{}, result, r.Source, left.Source.Name+" "+left.Lacks(), left.By.Range())
			}
		}
	}
}

func (all *filterEffects) add(f *rules.Filter, e effect, result int, r *rules.Rule, lacks string, at diag.Range) {
	i := slices.IndexFunc(*all, func(w *filterWarning) bool { return w.filter == f && w.effect == e })
	if i < 0 {
		i = len(*all)
		*all = append(*all, &filterWarning{filter: f, effect: e, rules: map[*rules.Rule]bool{}, at: at})
	}
	w := (*all)[i]
	w.rules[r] = true
	if !slices.Contains(w.results, result) {
		w.results = append(w.results, result)
	}
	if !slices.Contains(w.lacking, lacks) {
		w.lacking = append(w.lacking, lacks)
	}
}

func (w *filterWarning) text() diag.Diagnostic {
	var ds diag.Diagnostics
	of, lacks := plural.Count(len(w.rules), "rule"), plural.First(shownLogs, w.lacking)
	if w.effect == (effect{}) {
		ds.Warnf(compilers.SourcesLeftOut, w.at, "exclude by fields that all logs of the rules have, or write filters for single rules", "filter %q takes logs out of the queries of %s: %s",
			w.filter.Body.Title, of, lacks)
	} else {
		ds.Warnf(compilers.ModelPassedOver, w.at, "exclude by fields that "+w.effect.from+" has, or write filters for single rules", "filter %q moves the queries of %s from data model %s to %s: %s",
			w.filter.Body.Title, of, w.effect.from, w.effect.to, lacks)
	}
	return ds[0]
}

// rulesOf are the rule, or those that a correlation reads.
func rulesOf(r ruleset.Rule) []*ir.Rule {
	if r.Correlation != nil {
		return r.Correlation.Rules()
	}
	return []*ir.Rule{r.IR}
}

// filtersOf are the filters of the rules that a rule is.
func filtersOf(set *ruleset.Set, r ruleset.Rule) (out []*rules.Filter) {
	for _, of := range rulesOf(r) {
		out = append(out, set.FiltersOn(ruleset.Rule{IR: of})...)
	}
	return out
}

// filterAt gives the filter that a place is in: of those of its file, the last that begins before it.
func filterAt(filters []*rules.Filter, at diag.Range) (in *rules.Filter) {
	for _, f := range filters {
		if from := f.Body.Range; from.File == at.File && from.Start.Line <= at.Start.Line && (in == nil || from.Start.Line > in.Body.Range.Start.Line) {
			in = f
		}
	}
	return in
}

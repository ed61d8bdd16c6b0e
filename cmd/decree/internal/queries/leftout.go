package queries

import (
	"fmt"
	"slices"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/ruleset"
	"decree/compilers"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// shownLogs bounds how many logs a warning names that a filter takes out of queries.
const shownLogs = 4

// SourcesLeftOut warns, once for each filter, of the logs that the filter takes out of queries: their events lack a
// field by which it excludes. What rules themselves exclude by is only noted in their queries.
func SourcesLeftOut(set *ruleset.Set, results []Result) (found diag.Diagnostics) {
	var order []*rules.Filter
	by := map[*rules.Filter]*takenOut{}
	for _, c := range results {
		if c.Query == nil || c.model == nil {
			continue
		}
		of := []*ir.Rule{c.Source.IR}
		if c.Source.Correlation != nil {
			of = c.Source.Correlation.Rules()
		}
		for _, r := range of {
			for _, left := range c.model.LeftOut(r) {
				f := filterAt(set.FiltersOn(ruleset.Rule{IR: r}), left.By.Range())
				if f == nil {
					continue // the rule itself excludes
				}
				if by[f] == nil {
					by[f] = &takenOut{rules: map[*rules.Rule]bool{}}
					order = append(order, f)
				}
				by[f].add(r, fmt.Sprintf("%s has no %s", left.Source.Name, left.Field), left.By.Range())
			}
		}
	}
	for _, f := range order {
		t := by[f]
		found.Warnf(compilers.SourcesLeftOut, t.at, "exclude by fields that all logs of the rules have, or write filters for single rules", "filter %q takes logs out of the queries of %s: %s",
			f.Body.Title, plural.Count(len(t.rules), "rule"), plural.First(shownLogs, t.logs))
	}
	return found
}

// takenOut is what a filter takes out of queries.
type takenOut struct {
	rules map[*rules.Rule]bool
	logs  []string   // each with the field that it lacks
	at    diag.Range // the first condition on such a field
}

func (t *takenOut) add(r *ir.Rule, log string, at diag.Range) {
	if len(t.rules) == 0 {
		t.at = at
	}
	t.rules[r.Source] = true
	if !slices.Contains(t.logs, log) {
		t.logs = append(t.logs, log)
	}
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

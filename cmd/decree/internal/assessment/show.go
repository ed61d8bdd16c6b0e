package assessment

import (
	"fmt"
	"io"
	"slices"
	"time"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/engine/regression/mutation"
	"decree/rules/diag"
)

// Show prints the judgements.
func (q *Flags) Show(s *stdio.Streams, set *ruleset.Set, all []Rule, took time.Duration) {
	var found diag.Diagnostics
	covered, mutated := 0, 0
	met, goals, killed, mutants := 0, 0, 0, 0
	for _, a := range all {
		if c := a.Coverage; c != nil {
			covered++
			met, goals = met+c.Met(), goals+len(c.Goals)
			for _, g := range c.Goals {
				if !g.Met {
					found.Warnf("not-covered", g.At, "add an event whose match depends on it", "no test depends on this: %s", g.What)
				}
			}
		}
		if m := a.Mutation; m != nil {
			mutated++
			killed, mutants = killed+m.Killed, mutants+m.Total()
			for _, mutant := range m.Survivors {
				found.Warnf("survivor", mutant.At, q.remedy(a, mutant), "no test notices this change (%s): %s", mutant.Kind, mutant.Change)
			}
		}
	}
	found.Sort()
	for _, d := range found {
		set.KeepRulesOf(d.Range.File)
	}
	set.Show(s, found)
	if q.markdown {
		markdown(s.Out, all)
	} else if covered > 0 {
		for _, a := range all {
			fmt.Fprintf(s.Out, "%6.1f%%  %4d of %4d  %s\n", percent(a.Coverage.Met(), len(a.Coverage.Goals)), a.Coverage.Met(), len(a.Coverage.Goals), diag.Visible(a.file))
		}
	}
	for _, a := range all {
		mutation.WriteCases(s.Out, a.file, a.Suggested)
	}
	if covered > 0 {
		fmt.Fprintf(s.Out, "coverage: %d of %d (%.1f%%) in %s\n", met, goals, percent(met, goals), plural.Count(covered, "rule"))
	}
	if mutated > 0 {
		fmt.Fprintf(s.Out, "mutants: %d of %d killed (%.1f%%), %s in %s\n", killed, mutants, percent(killed, mutants), plural.Count(mutants-killed, "survivor"), plural.Count(mutated, "rule"))
		fmt.Fprintf(s.Err, "in %.1f s\n", took.Seconds())
	}
}

// remedy says how to notice a survivor.
func (q *Flags) remedy(a Rule, survivor mutation.Mutant) string {
	switch {
	case !q.suggest:
		return "--suggest writes a test case that notices it, if it finds one"
	case slices.ContainsFunc(a.Suggested, func(c mutation.Case) bool { return slices.Contains(c.Kills, survivor.Change) }):
		return "a suggested case notices it"
	}
	return "no test case found: write one on which the rule and the changed rule differ"
}

// markdown writes the coverage as a table.
func markdown(w io.Writer, all []Rule) {
	fmt.Fprint(w, "| Rule | Covered | Of | % |\n|---|---:|---:|---:|\n")
	for _, a := range all {
		fmt.Fprintf(w, "| %s | %d | %d | %.1f |\n", table.Cell(diag.Visible(a.file)), a.Coverage.Met(), len(a.Coverage.Goals), percent(a.Coverage.Met(), len(a.Coverage.Goals)))
	}
}

func percent(part, whole int) float64 {
	if whole == 0 {
		return 100
	}
	return 100 * float64(part) / float64(whole)
}

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
	found := q.findings(all)
	set.KeepRulesOf(found)
	set.Show(s, found)
	sum := summed(all)
	if q.markdown {
		markdown(s.Out, all)
	} else if sum.covered > 0 {
		for _, a := range all {
			fmt.Fprintf(s.Out, "%6.1f%%  %4d of %4d  %s\n", percent(a.Coverage.Met(), len(a.Coverage.Goals)), a.Coverage.Met(), len(a.Coverage.Goals), diag.Visible(a.file))
		}
	}
	for _, a := range all {
		mutation.WriteCases(s.Out, a.file, a.Suggested)
	}
	if sum.covered > 0 {
		fmt.Fprintf(s.Out, "coverage: %d of %d (%.1f%%) in %s\n", sum.met, sum.goals, percent(sum.met, sum.goals), plural.Count(sum.covered, "rule"))
	}
	if sum.mutated > 0 {
		fmt.Fprintf(s.Out, "mutants: %d of %d killed (%.1f%%), %s in %s\n", sum.killed, sum.mutants, percent(sum.killed, sum.mutants),
			plural.Count(sum.mutants-sum.killed, "survivor"), plural.Count(sum.mutated, "rule"))
		fmt.Fprintf(s.Err, "in %.1f s\n", took.Seconds())
	}
}

// findings are the parts of rules that no test depends on, and the changes that no test notices.
func (q *Flags) findings(all []Rule) (found diag.Diagnostics) {
	for _, a := range all {
		if a.Coverage != nil {
			for _, g := range a.Coverage.Goals {
				if !g.Met {
					found.Warnf("not-covered", g.At, "add an event whose match depends on it", "no test depends on this: %s", g.What)
				}
			}
		}
		if a.Mutation != nil {
			for _, mutant := range a.Mutation.Survivors {
				found.Warnf("survivor", mutant.At, q.remedy(a, mutant), "no test notices this change (%s): %s", mutant.Kind, mutant.Change)
			}
		}
	}
	found.Sort()
	return found
}

// sums are over all rules.
type sums struct {
	covered, met, goals      int // rules whose coverage was measured, and their parts
	mutated, killed, mutants int // rules that were mutated, and their mutants
}

func summed(all []Rule) (sum sums) {
	for _, a := range all {
		if c := a.Coverage; c != nil {
			sum.covered++
			sum.met, sum.goals = sum.met+c.Met(), sum.goals+len(c.Goals)
		}
		if m := a.Mutation; m != nil {
			sum.mutated++
			sum.killed, sum.mutants = sum.killed+m.Killed, sum.mutants+m.Total()
		}
	}
	return sum
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

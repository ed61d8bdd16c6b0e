package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/engine/regression/coverage"
	"decree/engine/regression/mutation"
	"decree/rules/diag"
)

// quality is what `decree test` says of the tests themselves.
type quality struct {
	coverage, mutate, suggest bool
	markdown                  bool
	least                     float64
}

func (q *quality) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&q.coverage, "coverage", false, "tell which names, values and branches of each rule some test made decide")
	f.BoolVar(&q.markdown, "coverage-markdown", false, "write the coverage as a Markdown table")
	f.Float64Var(&q.least, "min-coverage", 0, "fail when a rule with tests is covered by less than this many percent")
	f.BoolVar(&q.mutate, "mutate", false, "change each rule a little, in every way, and name the changes that no test notices")
	f.BoolVar(&q.suggest, "suggest", false, "with --mutate, print test cases that would notice them")
}

func (q *quality) asked() bool {
	return q.coverage || q.markdown || q.least > 0 || q.mutate || q.suggest
}

// assessed is a rule with what its tests are worth.
type assessed struct {
	Rule      string           `json:"rule"`
	Coverage  *coverage.Report `json:"coverage,omitempty"`
	Mutation  *mutation.Report `json:"mutation,omitempty"`
	Suggested []mutation.Case  `json:"suggested,omitempty"`
	file      string
}

// passedOver says how many correlations were not assessed.
func (q *quality) passedOver(s *stdio.Streams, tests *ruleTests) {
	n := 0
	for _, suite := range tests.suites {
		if suite.Correlation != nil {
			n++
		}
	}
	if n > 0 {
		fmt.Fprintf(s.Err, "coverage and mutants are of rules: %d correlations with tests were passed over\n", n)
	}
}

// good tells whether every rule is covered as asked and no mutant survives.
func (q *quality) good(all []assessed) bool {
	return !slices.ContainsFunc(all, func(a assessed) bool {
		return a.Coverage != nil && percent(a.Coverage.Met(), len(a.Coverage.Goals)) < q.least || a.Mutation != nil && len(a.Mutation.Survivors) > 0
	})
}

func (q *quality) assess(tests *ruleTests) ([]assessed, error) {
	var out []assessed
	for i, suite := range tests.suites {
		if suite.Correlation != nil {
			continue // its parts are conditions of other kinds
		}
		a := assessed{Rule: tests.rules[i].Slug(), file: suite.Rule.Source.Range.File}
		var trials []mutation.Trial
		for _, c := range suite.Cases {
			if suite.Select != nil && !suite.Select(c) {
				continue
			}
			t, err := c.Trial()
			if err != nil {
				return nil, err
			}
			trials = append(trials, t)
		}
		if q.coverage || q.markdown || q.least > 0 {
			report, err := coverage.Measure(suite.Rule, trials)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", a.file, err)
			}
			a.Coverage = &report
		}
		if q.mutate || q.suggest {
			report, err := mutation.Judge(suite.Rule, trials)
			if err == nil && q.suggest {
				a.Suggested, err = mutation.Suggest(suite.Rule, report.Survivors)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", a.file, err)
			}
			a.Mutation = &report
		}
		out = append(out, a)
	}
	return out, nil
}

// show prints the assessments.
func (q *quality) show(s *stdio.Streams, set *ruleset.Set, all []assessed, took time.Duration) {
	var found diag.Diagnostics
	covered, mutated := 0, 0
	met, goals, killed, mutants := 0, 0, 0, 0
	for _, a := range all {
		if c := a.Coverage; c != nil {
			covered++
			met, goals = met+c.Met(), goals+len(c.Goals)
			for _, g := range c.Goals {
				if !g.Met {
					found.Warnf("not-covered", g.At, "add an event on whose match this decides", "no test made this decide: %s", g.What)
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
		fmt.Fprintf(s.Out, "coverage: %d of %d (%.1f%%) in %d rules\n", met, goals, percent(met, goals), covered)
	}
	if mutated > 0 {
		fmt.Fprintf(s.Out, "mutants: %d of %d killed (%.1f%%), %d survivors in %d rules\n", killed, mutants, percent(killed, mutants), mutants-killed, mutated)
		fmt.Fprintf(s.Err, "in %.1f s\n", took.Seconds())
	}
}

// remedy says how a survivor comes to be noticed.
func (q *quality) remedy(a assessed, survivor mutation.Mutant) string {
	switch {
	case !q.suggest:
		return "`--suggest` writes a test case for it, where one can be found"
	case slices.ContainsFunc(a.Suggested, func(c mutation.Case) bool { return slices.Contains(c.Kills, survivor.Change) }):
		return "a suggested case notices it"
	}
	return "no case could be suggested: write one in which the rule as it is and the changed one differ"
}

// markdown writes the coverage as a table.
func markdown(w io.Writer, all []assessed) {
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

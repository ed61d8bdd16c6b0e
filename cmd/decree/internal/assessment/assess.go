// Package assessment judges the regression tests of rules: which parts of a rule they cover, and which small changes of
// it they notice. In: rules with their tests. Out: for each rule what no case covers and which mutants live, and
// whether that is good enough for the user.
package assessment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/ruletests"
	"decree/cmd/decree/internal/stdio"
	"decree/engine/regression"
	"decree/engine/regression/coverage"
	"decree/engine/regression/mutation"
	"decree/rules/diag"
	"decree/rules/ir"
)

// Flags choose how the tests are judged.
type Flags struct {
	coverage, mutate, suggest bool
	markdown                  bool
	Least                     float64
}

// AddTo adds the flags.
func (q *Flags) AddTo(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&q.coverage, "coverage", false, "show which names, values and branches of each rule decided a test")
	f.BoolVar(&q.markdown, "coverage-markdown", false, "write the coverage as a Markdown table")
	f.Float64Var(&q.Least, "min-coverage", 0, "exit with 1 if the tests of a rule cover less than `PERCENT` of it")
	f.BoolVar(&q.mutate, "mutate", false, "change each rule in many small ways, and name the changes that no test notices; any such change ends with 1")
	f.BoolVar(&q.suggest, "suggest", false, "with --mutate: print test cases that would notice them")
}

// Asked tells whether the user asked for any judgement.
func (q *Flags) Asked() bool {
	return q.measures() || q.mutates()
}

// Described names what was asked for: coverage, mutants, or both.
func (q *Flags) Described() string {
	var asked []string
	if q.measures() {
		asked = append(asked, "coverage")
	}
	if q.mutates() {
		asked = append(asked, "mutants")
	}
	return strings.Join(asked, " and ")
}

func (q *Flags) measures() bool { return q.coverage || q.markdown || q.Least > 0 }

func (q *Flags) mutates() bool { return q.mutate || q.suggest }

// Rule is a rule with the judgement of its tests.
type Rule struct {
	Rule      string           `json:"rule"`
	Coverage  *coverage.Report `json:"coverage,omitempty"`
	Mutation  *mutation.Report `json:"mutation,omitempty"`
	Suggested []mutation.Case  `json:"suggested,omitempty"`
	file      string
	at        diag.Range // of the rule
}

// ShowSkipped says how many correlations were not judged.
func ShowSkipped(s *stdio.Streams, tests *ruletests.Tests) {
	n := 0
	for _, tested := range tests.Tested {
		if tested.Suite.Correlation != nil {
			n++
		}
	}
	if n > 0 {
		fmt.Fprintf(s.Err, "%s with tests skipped: only rules have coverage and mutants\n", plural.Count(n, "correlation"))
	}
}

// Good tells whether every rule has the coverage asked for, and no mutant survived.
func (q *Flags) Good(all []Rule) bool {
	return !slices.ContainsFunc(all, func(a Rule) bool {
		return a.Coverage != nil && percent(a.Coverage.Met(), len(a.Coverage.Goals)) < q.Least || a.Mutation != nil && len(a.Mutation.Survivors) > 0
	})
}

// TooLow reports the rules that their tests do not cover as asked for.
func (q *Flags) TooLow(all []Rule) diag.Diagnostics {
	var found diag.Diagnostics
	for _, a := range all {
		if a.Coverage == nil {
			continue
		}
		if has := percent(a.Coverage.Met(), len(a.Coverage.Goals)); has < q.Least {
			found.Errorf("low-coverage", a.at, "decree test --coverage names what no test depends on", "its tests cover %.1f%% of the rule, and must cover %v%%", has, q.Least)
		}
	}
	return found
}

// Measure gives the coverage of each rule by its tests, and how many mutants they notice if asked. Correlations are
// left out, as in Assess.
func Measure(tests *ruletests.Tests, mutate bool) ([]Rule, error) {
	return (&Flags{coverage: true, mutate: mutate}).Assess(tests)
}

// Assess judges the tests of each rule.
func (q *Flags) Assess(tests *ruletests.Tests) ([]Rule, error) {
	var out []Rule
	for _, tested := range tests.Tested {
		if tested.Suite.Correlation != nil {
			continue // it has no condition of its own
		}
		a := Rule{Rule: tested.Rule.Slug(), file: tested.Suite.Rule.Source.Range.File, at: tested.Suite.Rule.Source.Range}
		trials, err := trialsOf(tested.Suite)
		if err != nil {
			return nil, err
		}
		if err := q.judge(&a, tested.Suite.Rule, trials); err != nil {
			return nil, fmt.Errorf("%s: %w", a.file, err)
		}
		out = append(out, a)
	}
	return out, nil
}

// trialsOf gives the cases of a suite that were selected, ready to be run.
func trialsOf(suite regression.Suite) ([]mutation.Trial, error) {
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
	return trials, nil
}

// judge measures what was asked for: the coverage of a rule, its mutants, and cases that would notice more of them.
func (q *Flags) judge(a *Rule, r *ir.Rule, trials []mutation.Trial) error {
	if q.measures() {
		report, err := coverage.Measure(r, trials)
		if err != nil {
			return err
		}
		a.Coverage = &report
	}
	if !q.mutates() {
		return nil
	}
	report, err := mutation.Judge(r, trials)
	if err != nil {
		return err
	}
	a.Mutation = &report
	if q.suggest {
		a.Suggested, err = mutation.Suggest(r, report.Survivors)
	}
	return err
}

// Package testreport runs the regression tests of a rule set and shows the results: as text, JSON, JUnit XML, TAP or
// GitHub annotations. In: tests. Out: a report of verdicts and findings.
package testreport

import (
	"slices"
	"strings"

	"decree/cmd/decree/internal/assessment"
	"decree/cmd/decree/internal/findings"
	"decree/cmd/decree/internal/git"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/ruletests"
	"decree/cmd/decree/internal/stdio"
	"decree/engine/regression"
	"decree/rules/diag"
)

// Report holds the results of the tests of a rule set.
type Report struct {
	Passed   int      `json:"passed"`
	Failed   int      `json:"failed"`
	Untested []string `json:"untested"`
	// rules with queries that are written by hand: no test runs these
	Written  []string          `json:"hand_written,omitempty"`
	Rules    []Rule            `json:"rules"`
	Findings diag.Diagnostics  `json:"findings,omitempty"`
	Assessed []assessment.Rule `json:"assessed,omitempty"`
}

// Rule is a tested rule.
type Rule struct {
	Rule  string               `json:"rule"`
	Cases []regression.Outcome `json:"cases"`
}

// Run runs the tests and gives their report.
func Run(tests *ruletests.Tests) *Report {
	report := &Report{Untested: []string{}, Rules: []Rule{}, Findings: tests.Found}
	for i, outcomes := range tests.Run() {
		if tested := tests.Tested[i]; len(outcomes) > 0 || tested.Suite.Select == nil {
			report.add(Rule{tested.Rule.Slug(), append([]regression.Outcome{}, outcomes...)})
		}
	}
	for _, r := range tests.Untested {
		report.Untested = append(report.Untested, r.Slug())
	}
	for _, r := range tests.Written {
		report.Written = append(report.Written, r.Slug())
	}
	return report
}

// Outcomes are those of all cases, in the order of the tests that were run. All of these must have been selected.
func (t *Report) Outcomes() [][]regression.Outcome {
	out := make([][]regression.Outcome, len(t.Rules))
	for i, r := range t.Rules {
		out[i] = r.Cases
	}
	return out
}

func (t *Report) add(r Rule) {
	for _, o := range r.Cases {
		if o.Passed() {
			t.Passed++
		} else {
			t.Failed++
		}
	}
	t.Rules = append(t.Rules, r)
}

// errors are those in rules and test files, by file. What they keep from being run is not a test: JUnit and TAP report
// them beside the tests, so that nobody takes the rest for all.
func (t *Report) errors() diag.Diagnostics {
	var out diag.Diagnostics
	for _, d := range append(slices.Clone(t.Findings), t.Warnings()...) {
		if d.Severity == diag.Error {
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b diag.Diagnostic) int { return strings.Compare(a.Range.File, b.Range.File) })
	return out
}

// Warnings are what cases should be told of, whether they passed or not.
func (t *Report) Warnings() (all diag.Diagnostics) {
	for _, r := range t.Rules {
		for _, o := range r.Cases {
			all = append(all, o.Warnings...)
		}
	}
	return all
}

// Write shows the report in a format: text, json, junit, tap or github. Findings about test files go to the error
// stream. GitHub gets them as annotations.
func (t *Report) Write(s *stdio.Streams, set *ruleset.Set, format string, verbose bool) error {
	if format == "json" {
		return s.WriteJSON(t)
	}
	all := append(slices.Clone(t.Findings), t.Warnings()...)
	switch {
	case format == "text" && !verbose:
		findings.ShowFew(s, set.Show, all, "-v shows all")
	case format != "github":
		set.Show(s, all)
	}
	top, _ := git.Below(".") // what reads JUnit and commands of GitHub looks for files in the repository
	switch format {
	case "junit":
		return t.junit(s.Out, top)
	case "tap":
		return t.tap(s.Out)
	case "github":
		found := all
		for _, r := range t.Rules {
			for _, o := range r.Cases {
				for _, f := range o.Failures {
					f.Message = r.Rule + " / " + o.Case + ": " + f.Message
					found = append(found, f)
				}
			}
		}
		diag.WriteGitHub(s.Out, found.Below(top))
		t.count(s.Out)
		return nil
	}
	t.Print(s, set, verbose)
	return nil
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"decree/engine/regression"
	"decree/rules/diag"
)

type testParams struct {
	filters string
	paths   []string
	format  string
	verbose bool
}

func newTest(s *streams) *cobra.Command {
	var p testParams
	cmd := &cobra.Command{
		Use:     "test [rule files or folders]",
		Short:   "Run the regression tests that stand beside rules",
		Long:    "Run x.test.yml beside each rule x.yml (without paths: the shipped library). Each case names\nevents and exactly which of them must match. Sigma's own regression data (regression_tests_path) is\nread as it is: recordings and how often each must match.",
		Example: "  decree test\n  decree test -v my_rules/\n  decree test --format json my_rule.yml",
		RunE: func(_ *cobra.Command, args []string) error {
			p.paths = args
			return test(s, p)
		},
	}
	cmd.Flags().BoolVarP(&p.verbose, "verbose", "v", false, "name the cases that passed too")
	addFilters(cmd, &p.filters)
	addFormat(cmd, &p.format, "text", "json")
	return cmd
}

// testReport is what the tests of a rule set came to.
type testReport struct {
	Passed   int              `json:"passed"`
	Failed   int              `json:"failed"`
	Untested []string         `json:"untested"`
	Rules    []testedRule     `json:"rules"`
	Findings diag.Diagnostics `json:"findings,omitempty"`
}

type testedRule struct {
	Rule  string               `json:"rule"`
	Cases []regression.Outcome `json:"cases"`
}

func test(s *streams, p testParams) error {
	set, err := loadFiltered(p.paths, p.filters)
	if err != nil {
		return err
	}
	report, err := runTests(set)
	if err != nil {
		return err
	}
	report.Findings = append(set.Found, report.Findings...)
	if p.format == "json" {
		err = writeJSON(s, report)
	} else {
		set.show(s, report.Findings)
		report.print(s, p.verbose)
	}
	if err == nil && (report.Failed > 0 || report.Findings.HasErrors()) {
		return errFindings
	}
	return err
}

// runTests runs the test file beside every rule, and Sigma's own regression data where a rule names
// it; a rule with neither is counted as untested.
func runTests(set *ruleSet) (*testReport, error) {
	report := &testReport{Untested: []string{}, Rules: []testedRule{}}
	for _, r := range set.Rules {
		stem := strings.TrimSuffix(strings.TrimSuffix(r.File.Path, ".yaml"), ".yml")
		file := stem + ".test.yml"
		recorded, in, found := sigmaTests(set, r)
		report.Findings = append(report.Findings, found...)
		var outcomes []regression.Outcome
		if in != nil {
			outcomes = regression.Run(r.IR, recorded, "", in.Read)
		}
		data, err := r.File.Folder.Read(file)
		switch {
		case err == nil:
			shown := path.Join(path.Dir(r.IR.Source.Range.File), path.Base(file))
			cases, found := regression.Parse(shown, data)
			set.sources[shown] = data
			report.Findings = append(report.Findings, found...)
			outcomes = append(outcomes, regression.Run(r.IR, cases, path.Dir(r.File.Path), r.File.Folder.Read)...)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		case in == nil:
			report.Untested = append(report.Untested, slug(r))
			continue
		}
		report.add(testedRule{slug(r), outcomes})
	}
	return report, nil
}

func (t *testReport) add(r testedRule) {
	for _, o := range r.Cases {
		if o.Problem == "" {
			t.Passed++
		} else {
			t.Failed++
		}
	}
	t.Rules = append(t.Rules, r)
}

func (t *testReport) print(s *streams, verbose bool) {
	for _, r := range t.Rules {
		for _, c := range r.Cases {
			if c.Problem != "" {
				fmt.Fprintf(s.Out, "FAIL %s / %s\n     %s: %s\n", r.Rule, c.Case, c.At, c.Problem)
			} else if verbose {
				fmt.Fprintf(s.Out, "ok   %s / %s\n", r.Rule, c.Case)
			}
		}
	}
	fmt.Fprintf(s.Out, "%d passed, %d failed; %d rules without tests\n", t.Passed, t.Failed, len(t.Untested))
}

package main

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/assessment"
	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/ruletests"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/cmd/decree/internal/testreport"
	"decree/cmd/decree/internal/usage"
	"decree/cmd/decree/internal/watch"
)

type testParams struct {
	selection ruleset.Selection
	format    string
	run       string
	require   bool
	update    bool
	force     bool
	watch     bool
	verbose   bool
	quality   assessment.Flags
}

func newTest(s *stdio.Streams) *cobra.Command {
	var p testParams
	cmd := &cobra.Command{
		Use:   "test [rule files, folders or names]",
		Short: "Run the regression tests of rules",
		Long: `Run the regression tests of rules. The tests of x.yml stand beside it, in
x.test.yml. A case gives events and says exactly which of them must match.
Sigma's own regression data (regression_tests_path) is read too. For a failed
case, decree shows the condition as a tree with the result of each part.

Use it after each change of a rule, and in CI. --coverage and --mutate say what
the tests are worth. A failed test ends with 1, and with --mutate so does a
change that no test notices. Without paths it tests the rules of the project.`,
		Example: `  decree test -v tests/examples/rules
  decree test --run remote_script/ tests/examples/rules
  decree test --coverage --mutate tests/examples/rules/remote_script.yml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := usage.InBounds(cmd, usage.Bound{Flag: "min-coverage", Value: p.quality.Least, Most: 100}); err != nil {
				return err
			}
			p.selection.Paths = args
			in, err := project.Open(s)
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("min-coverage") {
				p.quality.Least = in.Tests.MinCoverage
			}
			if p.watch {
				return watchTests(s, in, p)
			}
			return test(s, in, p)
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&p.verbose, "verbose", "v", false, "name the cases that passed, too, and the rules without tests")
	f.StringVar(&p.run, "run", "", "run only cases whose rule/case matches the regular expression `RE`")
	f.BoolVar(&p.require, "require-tests", false, "report an error for each stable or test rule without tests; with --since, only for changed rules")
	f.BoolVar(&p.update, "update", false, "replace what test files expect by what rules find; review the difference")
	usage.AddForce(cmd, &p.force, "with --update")
	p.quality.AddTo(cmd)
	f.BoolVar(&p.watch, "watch", false, "test again when a file changes")
	cmd.MarkFlagsMutuallyExclusive("watch", "update")
	p.selection.AddTo(cmd)
	p.selection.CompleteArgs(cmd, 0)
	usage.AddFormat(cmd, &p.format, "text", "json", "junit", "github", "tap")
	return cmd
}

func test(s *stdio.Streams, in *project.Project, p testParams) error {
	only, err := p.cases()
	if err != nil {
		return err
	}
	set, err := ruleset.Load(s, in, p.selection)
	if err != nil {
		return err
	}
	tests := ruletests.Load(set, only)
	if only != nil && !tests.Selected() {
		return fmt.Errorf("--run %s: no case has such a rule/case; decree test -v lists them", p.run)
	}
	broken := tests.Found.HasErrors()
	required := in.Tests.Require
	if p.require {
		required = append([]string{"stable", "test"}, required...)
	}
	tests.Found = append(tests.Found, tests.Required(set, required)...)
	if p.update {
		if err := tests.Update(s, p.force); err != nil {
			return err
		}
		p.update = false
		return test(s, in, p) // read and run what was written
	}
	report := testreport.Run(tests)
	report.Findings = append(set.Found, report.Findings...)
	begun := time.Now()
	measured := report.Failed == 0 && !broken // such tests say nothing about what they are worth
	if p.quality.Asked() && measured {
		if report.Assessed, err = p.quality.Assess(tests); err != nil {
			return err
		}
		assessment.ShowSkipped(s, tests)
	}
	if err := report.Write(s, set, p.format, p.verbose); err != nil {
		return err
	}
	if p.format == "text" {
		if len(report.Untested) > 0 && len(required) == 0 {
			fmt.Fprintln(s.Err, table.Words("rules without tests pass: --require-tests, or tests.require in "+project.FileName+", makes them errors by status", s.ProseColumns(), 2))
		}
		p.showQuality(s, set, report, measured, time.Since(begun))
	}
	return exit.AfterFailure(report.Failed > 0 || !p.quality.Good(report.Assessed), append(report.Findings, report.Warnings()...))
}

// showQuality says what the tests are worth, or why that was not measured.
func (p *testParams) showQuality(s *stdio.Streams, set *ruleset.Set, report *testreport.Report, measured bool, took time.Duration) {
	switch {
	case measured:
		p.quality.Show(s, set, report.Assessed, took)
	case p.quality.Asked():
		fmt.Fprintf(s.Err, "%s not measured: fix the tests first\n", p.quality.Described())
	}
}

// cases gives the expression of --run; nil if all cases are run.
func (p *testParams) cases() (*regexp.Regexp, error) {
	if p.run == "" {
		return nil, nil
	}
	only, err := regexp.Compile(p.run)
	if err != nil {
		return nil, fmt.Errorf("--run: %w", err)
	}
	return only, nil
}

// watchTests tests again when a file changes: one of the rules, or of those that filters among them cover, of their
// tests, filters and lists.
func watchTests(s *stdio.Streams, in *project.Project, p testParams) error {
	paths, filters := p.selection.Places(in), in.Filters
	if len(paths) == 0 {
		return errors.New("--watch: name a folder; the shipped library does not change")
	}
	lists := p.selection.Lists.Dirs
	if len(lists) == 0 {
		lists = in.Lists
	}
	if given := p.selection.Filters.Given(); len(given) > 0 {
		filters = given
	}
	var folders []string
	for _, path := range filters {
		folders = append(folders, ruleset.FolderOf(path))
	}
	for _, path := range paths {
		folders = append(folders, ruleset.Root(ruleset.FolderOf(path)))
	}
	folders = append(folders, lists...)
	return watch.Run(s, folders, func() error { return test(s, in, p) })
}

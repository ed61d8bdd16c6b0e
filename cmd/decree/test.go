package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
	"decree/engine/regression"
	"decree/rules/diag"
)

type testParams struct {
	filters ruleset.Filters
	paths   []string
	format  string
	run     string
	since   string
	require bool
	update  bool
	force   bool
	watch   bool
	verbose bool
	quality quality
}

func newTest(s *stdio.Streams) *cobra.Command {
	var p testParams
	cmd := &cobra.Command{
		Use:   "test [rule files or folders]",
		Short: "Run the regression tests that stand beside rules",
		Long: "Run x.test.yml (or .yaml) beside each rule x.yml (without paths: the shipped library). Each case names\n" +
			"events and exactly which of them must match. Sigma's own regression data (regression_tests_path) is\n" +
			"read as it is: recordings and how often each must match. For a failure the condition is shown as a\n" +
			"tree, with what each part came to on the first wrong event.",
		Example: "  decree test\n  decree test -v my_rules/\n  decree test --run 'sql_server.*/prevalence'\n  decree test --watch my_rules/\n  decree test --update my_rules/ && git diff\n  decree test --since origin/main --require-tests my_rules/\n  decree test --format junit my_rules/ > report.xml\n  decree test --coverage --mutate --suggest my_rules/",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := usage.InBounds(cmd, usage.Bound{Flag: "min-coverage", Value: p.quality.least, Most: 100}); err != nil {
				return err
			}
			p.paths = args
			if p.watch {
				return watchTests(s, p)
			}
			return test(s, p)
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&p.verbose, "verbose", "v", false, "name the cases that passed too")
	f.StringVar(&p.run, "run", "", "run only the cases whose `rule/case` this regular expression finds")
	f.StringVar(&p.since, "since", "", "test only rules of which something changed since this git revision")
	f.BoolVar(&p.require, "require-tests", false, "a rule of status stable or test without tests is an error; with --since, only new and changed rules")
	f.BoolVar(&p.update, "update", false, "write what is found into test files in place of what they expect; review the difference")
	usage.AddForce(cmd, &p.force, "with --update")
	p.quality.flags(cmd)
	f.BoolVar(&p.watch, "watch", false, "test again whenever a file changes")
	cmd.MarkFlagsMutuallyExclusive("watch", "update")
	p.filters.AddTo(cmd)
	usage.AddFormat(cmd, &p.format, "text", "json", "junit", "github", "tap")
	return cmd
}

// testReport is what the tests of a rule set came to.
type testReport struct {
	Passed   int              `json:"passed"`
	Failed   int              `json:"failed"`
	Untested []string         `json:"untested"`
	Rules    []testedRule     `json:"rules"`
	Findings diag.Diagnostics `json:"findings,omitempty"`
	Assessed []assessed       `json:"assessed,omitempty"`
}

type testedRule struct {
	Rule  string               `json:"rule"`
	Cases []regression.Outcome `json:"cases"`
}

func test(s *stdio.Streams, p testParams) error {
	var only *regexp.Regexp
	if p.run != "" {
		var err error
		if only, err = regexp.Compile(p.run); err != nil {
			return fmt.Errorf("--run: %w", err)
		}
	}
	set, err := ruleset.Load(s, p.paths, p.filters)
	if err != nil {
		return err
	}
	tests, err := loadTests(set, only)
	if err != nil {
		return err
	}
	if p.since != "" {
		if err := tests.keepChanged(p.since); err != nil {
			return err
		}
	}
	if p.require {
		tests.found = append(tests.found, tests.requireTests(set)...)
	}
	if p.update {
		if err := tests.update(s, p.force); err != nil {
			return err
		}
		p.update = false
		return test(s, p) // what was written is read and run anew
	}
	report := tests.run()
	report.Findings = append(set.Found, report.Findings...)
	begun := time.Now()
	if p.quality.asked() && report.Failed == 0 { // of tests that fail there is nothing to say
		if report.Assessed, err = p.quality.assess(tests); err != nil {
			return err
		}
		p.quality.passedOver(s, tests)
	}
	if err := report.write(s, set, p); err != nil {
		return err
	}
	if p.format == "text" {
		p.quality.show(s, set, report.Assessed, time.Since(begun))
	}
	return exit.After(report.Findings, report.Failed > 0 || !p.quality.good(report.Assessed))
}

// ruleTests are the tests of a rule set, read and not run yet.
type ruleTests struct {
	suites   []regression.Suite
	rules    []ruleset.Rule     // of suites
	files    []*regression.File // of suites, nil for one without
	untested []ruleset.Rule
	found    diag.Diagnostics
}

// loadTests reads the test file beside every rule, and Sigma's own regression data where a rule
// names it. only chooses cases; nil is all.
func loadTests(set *ruleset.Set, only *regexp.Regexp) (*ruleTests, error) {
	tests := &ruleTests{}
	for _, r := range set.Whole() {
		cases, named, found := sigmaTests(set, r)
		tests.found = append(tests.found, found...)
		file, second := testFileOf(r.File)
		if second != "" {
			tests.found.Errorf("second-test-file", diag.Range{File: path.Join(r.File.Disk, second)}, "join the two", "the rule has another test file, %s; this one is not run", path.Base(file))
		}
		var own *regression.File
		data, err := r.File.Folder.Read(file)
		switch {
		case err == nil:
			parsed, found := regression.Parse(r.File.Folder, file, data, set.FilterCondition)
			set.KeepFile(parsed.Shown, ruleset.File{Folder: r.File.Folder, Disk: r.File.Disk, Path: file})
			tests.found = append(tests.found, found...)
			own = parsed
			cases = append(cases, parsed.Cases...)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		case !named:
			tests.untested = append(tests.untested, r)
			continue
		}
		suite := regression.Suite{Rule: r.IR, Correlation: r.Correlation, Cases: cases}
		if only != nil {
			suite.Select = func(c *regression.Case) bool { return only.MatchString(r.Slug() + "/" + c.Name) }
		}
		tests.suites, tests.rules, tests.files = append(tests.suites, suite), append(tests.rules, r), append(tests.files, own)
	}
	return tests, nil
}

// testFileOf is the test file that stands beside a rule file, or where one would; second is another, when both
// ways to write its name are in use.
func testFileOf(f ruleset.File) (file, second string) {
	base := strings.TrimSuffix(strings.TrimSuffix(f.Path, ".yaml"), ".yml") + ".test"
	yml, yaml := base+".yml", base+".yaml"
	switch {
	case !f.Folder.Exists(yaml):
		return yml, ""
	case f.Folder.Exists(yml):
		return yml, yaml
	}
	return yaml, ""
}

// run runs all cases, as many at once as there are processors.
func (t *ruleTests) run() *testReport {
	report := &testReport{Untested: []string{}, Rules: []testedRule{}, Findings: t.found}
	for i, outcomes := range regression.RunAll(t.suites, runtime.GOMAXPROCS(0)) {
		if len(outcomes) > 0 || t.suites[i].Select == nil {
			report.add(testedRule{t.rules[i].Slug(), outcomes})
		}
	}
	for _, r := range t.untested {
		report.Untested = append(report.Untested, r.Slug())
	}
	return report
}

// runTests reads and runs the tests of a rule set.
func runTests(set *ruleset.Set) (*testReport, error) {
	tests, err := loadTests(set, nil)
	if err != nil {
		return nil, err
	}
	return tests.run(), nil
}

func (t *testReport) add(r testedRule) {
	for _, o := range r.Cases {
		if o.Passed() {
			t.Passed++
		} else {
			t.Failed++
		}
	}
	t.Rules = append(t.Rules, r)
}

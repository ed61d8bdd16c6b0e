// Package ruletests loads the regression tests beside rules, selects them, runs them, and updates what they expect. In:
// a rule set. Out: its test files, parsed, with findings; verdicts; new test files.
package ruletests

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"runtime"
	"slices"

	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/engine/regression"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/lint"
)

// Tests are the tests of a rule set. They are loaded, not run.
type Tests struct {
	Tested   []Tested
	Untested []ruleset.Rule
	// with queries of their own, which no test runs; those without a detection are not among the others
	Written []ruleset.Rule
	Found   diag.Diagnostics

	lint  project.Lint
	texts map[string][]byte           // of test files, as they are shown
	read  map[string]*regression.File // test files, each read once; nil: there is none
}

// Tested is a rule with its tests.
type Tested struct {
	Rule  ruleset.Rule
	Suite regression.Suite
	file  *regression.File // nil if the rule has none of its own
}

// Load reads the test file beside every rule, and Sigma's own regression data if a rule names it. only selects cases by
// rule/case; nil selects all.
func Load(set *ruleset.Set, only *regexp.Regexp) *Tests {
	tests := &Tests{Found: withoutRule(set), lint: set.Project.Lint, texts: map[string][]byte{}, read: map[string]*regression.File{}}
	ofFilters := tests.loadFilters(set)
	for _, r := range set.Whole() {
		tests.load(set, r, ofFilters, only)
	}
	tests.loadParts(set, ofFilters, only)
	tests.Found = together(tests.judged(tests.Found.Distinct())) // the rules of a file share their test file
	return tests
}

// load reads the tests of one rule.
func (t *Tests) load(set *ruleset.Set, r ruleset.Rule, ofFilters []filterTests, only *regexp.Regexp) {
	if r.Correlation == nil && r.IR.Source.OnlyWritten() {
		t.Written = append(t.Written, r)
		if file, _ := r.File.TestFile(); r.File.Folder.Exists(file) {
			t.Found.Warnf("test-of-query", diag.Range{File: r.File.Folder.Shown(file)}, "add a `detection` to the rule, or test the query in its product", "these tests are not run: the rule has a query and no detection")
		}
		return
	}
	if len(r.IR.Source.Queries) > 0 {
		t.Written = append(t.Written, r)
	}
	cases, found := sigmaTests(set, r)
	t.Found = append(t.Found, found...)
	own := t.file(set, r.File, "rule")
	if own != nil {
		t.checkRules(own, set.RulesOf(r.File), true)
		mine := casesOf(r, own.Cases)
		if cases = append(cases, mine...); len(mine) == 0 && len(own.Cases) > 0 {
			own = nil
		}
	}
	if own == nil && len(cases) == 0 {
		t.Untested = append(t.Untested, r)
	}
	for _, f := range ofFilters {
		if f.Covers(r) {
			cases = append(cases, casesOf(r, f.cases)...)
		}
	}
	if own != nil || len(cases) > 0 {
		t.add(r, cases, own, only)
	}
}

// casesOf are the cases that test a rule: those that name it, and those that name none.
func casesOf(r ruleset.Rule, all []*regression.Case) (out []*regression.Case) {
	for _, c := range all {
		if c.Rule == "" || r.IsCalled(c.Rule) {
			out = append(out, c)
		}
	}
	return out
}

// checkRules reports cases that name none of the rules that their file tests. Where not all of these were read, that is
// told only of a name that is misspelt: one that no case names has nearly the same.
func (t *Tests) checkRules(file *regression.File, tested []*rules.Rule, all bool) {
	var known []string
	for _, r := range tested {
		known = append(known, cmp.Or(r.Name, r.ID))
	}
	slices.Sort(known)
	known = slices.DeleteFunc(known, func(name string) bool { return name == "" })
	for _, c := range file.Cases {
		if c.Rule == "" || slices.ContainsFunc(tested, func(r *rules.Rule) bool { return ruleset.IsCalled(r, c.Rule) }) {
			continue
		}
		near := diag.Closest(c.Rule, known)
		named := func(c *regression.Case) bool { return c.Rule == near }
		switch {
		case all:
			t.Found.Errorf("case-of-unknown-rule", c.RuleRange, diag.DidYouMean(c.Rule, known, "name one of the rules that the file tests, by its `name` or `id`"), "no rule that this file tests has the name or id %q", c.Rule)
		case near != "" && !rules.IsUUID(c.Rule) && !slices.ContainsFunc(file.Cases, named):
			t.Found.Warnf("case-of-unknown-rule", c.RuleRange, "did you mean `"+near+"`?", "this case is not run: no rule that was read has the name or id %q", c.Rule)
		}
	}
}

// add adds a rule with its cases. own is the rule's own test file, or nil.
func (t *Tests) add(r ruleset.Rule, cases []*regression.Case, own *regression.File, only *regexp.Regexp) {
	suite := regression.Suite{Rule: r.IR, Correlation: r.Correlation, Cases: cases}
	if only != nil {
		suite.Select = func(c *regression.Case) bool { return only.MatchString(r.Slug() + "/" + c.Name) }
	}
	t.Tested = append(t.Tested, Tested{r, suite, own})
}

// file reads the test file beside a file, which holds what: a rule or a filter. It is nil if there is none.
func (t *Tests) file(set *ruleset.Set, beside ruleset.File, what string) *regression.File {
	file, second := beside.TestFile()
	if second != "" {
		t.Found.Errorf("second-test-file", diag.Range{File: path.Join(beside.Disk, second)}, "merge the two files", "the %s has a second test file: %s is run, and this one is not", what, path.Base(file))
	}
	shown := beside.Folder.Shown(file)
	if before, ok := t.read[shown]; ok {
		return before // another rule of the file has read it
	}
	t.read[shown] = nil
	data, err := beside.Folder.Read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil { // the rule has tests: it is not one without
		t.Found = append(t.Found, beside.Folder.Unreadable(file, err)...)
		t.read[shown] = &regression.File{Path: file, Shown: shown}
		return t.read[shown]
	}
	parsed, found := regression.Parse(beside.Folder, file, data, set.FilterCondition)
	set.KeepFile(parsed.Shown, ruleset.File{Folder: beside.Folder, Disk: beside.Disk, Path: file})
	t.texts[parsed.Shown] = data
	t.Found = append(t.Found, found...)
	for _, c := range parsed.Cases {
		for _, f := range c.Filters {
			set.Lists.Answer(f.Body)
		}
	}
	t.read[shown] = parsed
	return parsed
}

// Selected tells whether any case is selected.
func (t *Tests) Selected() bool {
	return slices.ContainsFunc(t.Tested, func(tested Tested) bool {
		return slices.ContainsFunc(tested.Suite.Cases, func(c *regression.Case) bool { return tested.Suite.Select == nil || tested.Suite.Select(c) })
	})
}

// judged gives findings of test files the severities of the project, without those that are off or that comments in the
// files ignore.
func (t *Tests) judged(found diag.Diagnostics) (out diag.Diagnostics) {
	for _, d := range found {
		one := diag.Diagnostics{d}
		if d.Severity != diag.Error {
			one = lint.Ignore(lint.File{Path: d.Range.File, Data: t.texts[d.Range.File]}, one)
		}
		out = append(out, t.lint.Judge(one)...)
	}
	return out
}

// Run runs all cases on all cores. The outcomes are in the order of Tested.
func (t *Tests) Run() [][]regression.Outcome {
	suites := make([]regression.Suite, len(t.Tested))
	for i, tested := range t.Tested {
		suites[i] = tested.Suite
	}
	all := regression.RunAll(suites, runtime.GOMAXPROCS(0))
	for _, outcomes := range all {
		for i := range outcomes {
			outcomes[i].Warnings = t.judged(outcomes[i].Warnings)
		}
	}
	return all
}

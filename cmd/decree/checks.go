package main

import (
	"errors"
	"fmt"
	"slices"

	"decree/cmd/decree/internal/assessment"
	"decree/cmd/decree/internal/findings"
	"decree/cmd/decree/internal/packaging"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/ruletests"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
	"decree/rules/schema"
)

// besideRules checks what a project holds beside its rules, filters and lists: test files, that rules have the tests
// that they need, data models, and where its targets keep events. It also says which rules would be one in a package,
// for which decree build writes nothing whatever the project says of other findings.
func besideRules(set *ruleset.Set) (diag.Diagnostics, error) {
	tests := ruletests.Load(set, nil)
	found := append(tests.Found, tests.Required(set, set.Project.Tests.Require)...)
	for _, m := range set.Project.Models {
		_, err := schema.LoadFile(m.File)
		var unread *schema.Unread
		switch {
		case errors.As(err, &unread):
			set.KeepText(unread.File, unread.Text)
			found = append(found, unread.Found...)
		case err != nil:
			return nil, err
		}
	}
	for _, t := range set.Project.Targets {
		faults, err := queries.CheckPlaces(set.Project, t)
		if err != nil {
			return nil, err
		}
		for _, f := range faults {
			found.Errorf("invalid-"+f.Setting, t.At[f.Key], f.Hint, "%s of %s: %s", f.Setting, f.Key, f.Message)
		}
	}
	found = append(found, unusedExceptions(set)...)
	unusable := found.HasErrors() // a data model or a place, without which nothing is packaged
	found = set.Project.Lint.Judge(found)
	if unusable {
		return found, nil
	}
	same, err := packaging.SameIDs(set, packaged(set.Project.Targets), queries.Options{})
	return append(found, same...), err
}

// ofNamedTests checks the test files that the user named, where there is no project whose tests are checked.
func ofNamedTests(set *ruleset.Set) diag.Diagnostics {
	named := map[string]bool{}
	name := func(f ruleset.File) {
		file, _ := f.TestFile()
		named[f.Folder.Shown(file)] = true
	}
	for _, f := range set.Files {
		if f.Tests {
			name(f)
		}
	}
	for _, f := range set.Filters {
		if f.Named {
			name(f.File)
		}
	}
	if len(named) == 0 {
		return nil
	}
	return slices.DeleteFunc(ruletests.Load(set, nil).Found, func(d diag.Diagnostic) bool { return !named[d.Range.File] })
}

// unusedExceptions finds entries of `except` that mean no rule, where all rules of the project are known.
func unusedExceptions(set *ruleset.Set) diag.Diagnostics {
	if !set.OfProject || set.Failed > 0 {
		return nil
	}
	return queries.UnusedExceptions(set.Project.Targets, set.All())
}

// forBuild checks what a project asks of rules before they are built: that lint finds no error, or with lint.strict no
// warning; that rules have the tests that they need; and that tests cover enough. Findings that do not stop a build are
// only counted.
func forBuild(s *stdio.Streams, set *ruleset.Set, tests *ruletests.Tests) (diag.Diagnostics, error) {
	p := set.Project
	least := diag.Error
	if p.Lint.Strict {
		least = diag.Warning
	}
	linted := set.Lint(s)
	found := findings.AtLeast(linted, least.String())
	if less := len(findings.AtLeast(linted, diag.Warning.String())) - len(found); less > 0 {
		fmt.Fprintf(s.Err, "%s not shown: decree validate shows them\n", plural.Count(less, "warning"))
	}
	found = append(found, tests.Required(set, p.Tests.Require)...)
	quality := assessment.Flags{Least: p.Tests.MinCoverage}
	if quality.Asked() {
		assessed, err := quality.Assess(tests)
		if err != nil {
			return nil, err
		}
		found = append(found, quality.TooLow(assessed)...)
	}
	found.Sort()
	set.KeepRulesOf(found)
	return found, nil
}

// stops says why a build that could write every file must not: rules without a query or without a package that the user
// or the project does not accept. It is empty if nothing stops it.
func stops(p *project.Project, strict bool, summary buildSummary) string {
	asked := "fail_on in " + project.FileName
	if strict {
		asked = "--strict"
	}
	refusing := strict || p.FailsOn(project.Refused)
	switch {
	case summary.Refused > 0 && refusing:
		return fmt.Sprintf("%s: %s refused%s", asked, plural.Count(summary.Refused, "rule"), leavable(p))
	case summary.NotPackaged > 0 && refusing:
		return fmt.Sprintf("%s: %s not packaged%s", asked, plural.Count(summary.NotPackaged, "rule"), leavable(p))
	case summary.Skipped > 0 && p.FailsOn(project.Skipped):
		return fmt.Sprintf("fail_on in %s: %s skipped", project.FileName, plural.Count(summary.Skipped, "rule"))
	}
	return ""
}

// leavable says how a project leaves out rules that a target cannot have.
func leavable(p *project.Project) string {
	if !p.Exists() {
		return ""
	}
	return " (`except` of a target leaves rules out on purpose)"
}

package ruletests

import (
	"fmt"
	"path/filepath"
	"slices"

	"decree/cmd/decree/internal/ruleset"
	"decree/engine/regression"
	"decree/rules/diag"
	"decree/rules/schema"
	"decree/rules/source"
)

// noData is the code of the finding that a rule is not tested by the regression data that it names.
const noData = "no-regression-data"

const noDataHint = "the path is relative to a folder above the rule: copy the data there, or remove the key"

// mostWithoutData is how many rules without their regression data are told one by one. A collection without the data
// has hundreds.
const mostWithoutData = 3

// regressionKey is the key by which a Sigma rule names its regression data.
const regressionKey = "regression_tests_path"

// sigmaTests reads the regression data that a rule names by regression_tests_path. The path is relative to the nearest
// folder above the rule that holds it. Data that is not there is a warning: other people's rules come without it, and
// the rule is tested by what is there.
func sigmaTests(set *ruleset.Set, r ruleset.Rule) (cases []*regression.Case, found diag.Diagnostics) {
	data, at := r.IR.Source.RegressionTests, r.IR.Source.Key(regressionKey, -1)
	if data == "" || r.File.Disk == "" {
		return nil, nil
	}
	root, file := r.RegressionData()
	if root == "" {
		set.KeepRule(r)
		found.Warnf(noData, at, noDataHint, "no folder above the rule has %q: the rule is not tested by it", data)
		return nil, found
	}
	in, err := source.OpenFolder(root)
	var text []byte
	if err == nil {
		text, err = in.Read(file)
	}
	if err != nil {
		set.KeepRule(r)
		found.Warnf(noData, at, "", "the rule is not tested by its regression data: %v", err)
		return nil, found
	}
	set.KeepText(filepath.ToSlash(filepath.Join(root, data)), text)
	return regression.LoadInfo(in, file, text, modelOf(r))
}

// modelOf chooses the data model whose raw events a rule reads.
func modelOf(r ruleset.Rule) string {
	for _, name := range schema.Preferred("") {
		if m, err := schema.Shipped(name); err == nil && len(m.Candidates(r.IR)) > 0 {
			return name
		}
	}
	return schema.Plain
}

// together makes one warning of those about more rules than a few whose regression data is nowhere. It stands at the
// first of them. Errors stay, and so do other reasons.
func together(found diag.Diagnostics) diag.Diagnostics {
	first, n := -1, 0
	isOne := func(d diag.Diagnostic) bool {
		return d.Code == noData && d.Severity != diag.Error && d.Hint == noDataHint
	}
	for i, d := range found {
		if isOne(d) {
			if n++; first < 0 {
				first = i
			}
		}
	}
	if n <= mostWithoutData {
		return found
	}
	told := found[first]
	told.Message = fmt.Sprintf("no folder above this rule and %d others has the regression data that they name: they are not tested by it", n-1)
	out := append(slices.Clone(found[:first]), told)
	return append(out, slices.DeleteFunc(slices.Clone(found[first:]), isOne)...)
}

package ruletests

import (
	"path/filepath"

	"decree/cmd/decree/internal/ruleset"
	"decree/engine/regression"
	"decree/rules/diag"
	"decree/rules/schema"
	"decree/rules/source"
)

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
		found.Warnf("no-regression-data", at, "the path is relative to a folder above the rule: copy the data there, or remove the key", "no folder above the rule has %q: the rule is not tested by it", data)
		return nil, found
	}
	in, err := source.OpenFolder(root)
	var text []byte
	if err == nil {
		text, err = in.Read(file)
	}
	if err != nil {
		set.KeepRule(r)
		found.Warnf("no-regression-data", at, "", "the rule is not tested by its regression data: %v", err)
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

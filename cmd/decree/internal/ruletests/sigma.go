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

// sigmaTests reads the regression data that a rule names by regression_tests_path. The path is relative to the nearest folder above the rule that
// holds it. named is false if the rule names no data.
func sigmaTests(set *ruleset.Set, r ruleset.Rule) (cases []*regression.Case, named bool, found diag.Diagnostics) {
	data, at := r.IR.Source.RegressionTests, r.IR.Source.Key(regressionKey, -1)
	if data == "" || r.File.Disk == "" {
		return nil, false, nil
	}
	root, file := r.RegressionData()
	if root == "" {
		set.KeepRule(r)
		found.Errorf("no-regression-data", at, "the path is relative to a folder above the rule", "no folder above the rule has %q", data)
		return nil, true, found
	}
	in, err := source.OpenFolder(root)
	var text []byte
	if err == nil {
		text, err = in.Read(file)
	}
	if err != nil {
		found.Errorf("no-regression-data", at, "", "%v", err)
		return nil, true, found
	}
	set.KeepText(filepath.ToSlash(filepath.Join(root, data)), text)
	cases, found = regression.LoadInfo(in, file, text, modelOf(r))
	return cases, true, found
}

// modelOf chooses the data model whose raw events a rule reads.
func modelOf(r ruleset.Rule) string {
	ls := r.IR.Source.LogSource
	for _, name := range schema.Preferred("") {
		if m, err := schema.Load(name); err == nil && len(m.Find(ls.Category, ls.Product, ls.Service)) > 0 {
			return name
		}
	}
	return schema.Plain
}

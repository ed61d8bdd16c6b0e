package ruletests

import (
	"path"
	"slices"
	"strings"

	"decree/cmd/decree/internal/ruleset"
	"decree/rules/diag"
)

// withoutRule reports the test files beside which no rule file stands, in the folders whose rules were read: nothing runs them.
func withoutRule(set *ruleset.Set) diag.Diagnostics {
	var found diag.Diagnostics
	if set.OnlyRead() != nil { // the user selected some rules
		return nil
	}
	asked := map[string]bool{}
	for _, f := range set.Files {
		dir := path.Dir(f.Path)
		if shown := f.Folder.Shown(dir); f.Named || asked[shown] {
			continue
		}
		asked[f.Folder.Shown(dir)] = true
		files, _, err := f.Folder.Entries(dir)
		if err != nil {
			continue // its rules were read: they say what is wrong
		}
		for _, file := range files {
			rule, isTest := strings.CutSuffix(yamlName(file), ".test")
			if isTest && !slices.ContainsFunc(files, func(other string) bool { return yamlName(other) == rule }) {
				found.Warnf("test-without-rule", diag.Range{File: f.Folder.Shown(path.Join(dir, file))}, "name it after its rule, or remove it",
					"these tests are not run: there is no rule file %s.yml beside them", rule)
			}
		}
	}
	return found
}

// yamlName gives the name of a YAML file without its extension, and "" for other files.
func yamlName(file string) string {
	ext := path.Ext(file)
	if e := strings.ToLower(ext); e != ".yml" && e != ".yaml" {
		return ""
	}
	return strings.TrimSuffix(file, ext)
}

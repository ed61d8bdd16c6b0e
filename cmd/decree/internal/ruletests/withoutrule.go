package ruletests

import (
	"path"
	"slices"
	"strings"

	"decree/cmd/decree/internal/ruleset"
	"decree/rules/diag"
	"decree/rules/parse"
	"decree/rules/source"
)

// withoutRule reports the test files that nothing runs, in the folders whose rules were read: no rule file stands
// beside them, or their ending is not in lower case.
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
			if !source.IsYAML(file) || !parse.IsTestFile(file) {
				continue
			}
			base := yamlName(file)
			rule := strings.TrimSuffix(base, path.Ext(base))
			run := rule + strings.ToLower(strings.TrimPrefix(file, rule))
			at := diag.Range{File: f.Folder.Shown(path.Join(dir, file))}
			switch {
			case !slices.ContainsFunc(files, func(other string) bool { return yamlName(other) == rule }):
				found.Warnf("test-without-rule", at, "name it after its rule, or remove it", "these tests are not run: there is no rule file %s.yml beside them", rule)
			case run != file && (slices.Contains(files, run) || !f.Folder.Exists(path.Join(dir, run))):
				// a file system may find it without regard to case
				found.Warnf("test-without-rule", at, "rename it to "+run, "these tests are not run: the ending of a test file is in lower case")
			}
		}
	}
	return found
}

// yamlName gives the name of a YAML file without its extension, and "" for other files.
func yamlName(file string) string {
	if !source.IsYAML(file) {
		return ""
	}
	return strings.TrimSuffix(file, path.Ext(file))
}

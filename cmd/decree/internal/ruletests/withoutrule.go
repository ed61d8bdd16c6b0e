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
// beside them, their ending is not in lower case, or their name is not quite that of a test file.
func withoutRule(set *ruleset.Set) diag.Diagnostics {
	var found diag.Diagnostics
	if set.OnlyRead() != nil { // the user selected some rules
		return nil
	}
	asked, ofRules := map[string]bool{}, map[string]bool{}
	for _, f := range set.Files {
		ofRules[f.Folder.Shown(f.Path)] = true
	}
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
			if !source.IsYAML(file) {
				continue
			}
			if !parse.IsTestFile(file) {
				if rule := almostTests(file); rule != "" && !ofRules[f.Folder.Shown(path.Join(dir, file))] && slices.ContainsFunc(files, func(other string) bool { return yamlName(other) == rule }) {
					found.Warnf("test-without-rule", diag.Range{File: f.Folder.Shown(path.Join(dir, file))}, "rename it to "+rule+".test.yml",
						"these tests are not run: the tests of %s.yml are in %s.test.yml", rule, rule)
				}
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

// almostTests gives the name of the rule whose tests a file seems to have, by a name that is like that of a test file.
func almostTests(file string) (rule string) {
	base := yamlName(file)
	for _, ending := range []string{".tests", "_test", "_tests", "-test", "-tests"} {
		if at := len(base) - len(ending); at > 0 && strings.EqualFold(base[at:], ending) {
			return base[:at]
		}
	}
	return ""
}

// yamlName gives the name of a YAML file without its extension, and "" for other files.
func yamlName(file string) string {
	if !source.IsYAML(file) {
		return ""
	}
	return strings.TrimSuffix(file, path.Ext(file))
}

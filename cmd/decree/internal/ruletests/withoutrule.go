package ruletests

import (
	"fmt"
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
		in := testFolder{f.Folder, dir, files}
		for _, file := range files {
			shown := f.Folder.Shown(path.Join(dir, file))
			if why, hint := in.whyNotRun(file, ofRules[shown]); why != "" {
				found.Warnf("test-without-rule", diag.Range{File: shown}, hint, "these tests are not run: %s", why)
			}
		}
	}
	return found
}

// testFolder is a folder with rules, and the names of its files.
type testFolder struct {
	*source.Folder
	dir   string
	files []string
}

// whyNotRun says why a file with tests is not run, and what to do. It is "" if it is run, or is a rule or another file.
func (in testFolder) whyNotRun(file string, isRule bool) (why, hint string) {
	switch {
	case !source.IsYAML(file):
		return "", ""
	case parse.IsTestFile(file):
		return in.notRun(file)
	case !isRule:
		return in.notNamedSo(file)
	}
	return "", ""
}

// hasRule tells whether the folder has a YAML file of a name.
func (in testFolder) hasRule(name string) bool {
	return slices.ContainsFunc(in.files, func(file string) bool { return yamlName(file) == name })
}

// notRun says why a test file is not run, and what to do. It is "" if it is run.
func (in testFolder) notRun(file string) (why, hint string) {
	base := yamlName(file)
	rule := strings.TrimSuffix(base, path.Ext(base))
	run := rule + strings.ToLower(strings.TrimPrefix(file, rule))
	switch {
	case !in.hasRule(rule):
		return "there is no rule file " + rule + ".yml beside them", "name it after its rule, or remove it"
	case run != file && (slices.Contains(in.files, run) || !in.Exists(path.Join(in.dir, run))):
		// a file system may find it without regard to case
		return "the ending of a test file is in lower case", "rename it to " + run
	}
	return "", ""
}

// notNamedSo says of a file whose name is almost that of the tests of a rule how these are named.
func (in testFolder) notNamedSo(file string) (why, hint string) {
	rule := almostTests(file)
	if rule == "" || !in.hasRule(rule) {
		return "", ""
	}
	return fmt.Sprintf("the tests of %s.yml are in %s.test.yml", rule, rule), "rename it to " + rule + ".test.yml"
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

package regression

import (
	"fmt"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"decree/rules/diag"
)

// ParseInfo reads Sigma's own regression data (info.yml): each recording becomes a case that must
// match as often as it says, or more. Paths count from the folder that holds the rules and the
// data. exists tells whether a file is there: a recording of the same name as JSON is a case too.
func ParseInfo(name string, data []byte, model string, exists func(string) bool) ([]Case, diag.Diagnostics) {
	var found diag.Diagnostics
	var file struct {
		Tests []yaml.Node `yaml:"regression_tests_info"`
	}
	whole := diag.Range{File: name, Start: diag.Position{Line: 1, Col: 1}, End: diag.Position{Line: 1, Col: 2}}
	if err := yaml.Unmarshal(data, &file); err != nil {
		found.Errorf("yaml-syntax", whole, "regression data is YAML with a list `regression_tests_info`", "%v", err)
		return nil, found
	}
	if len(file.Tests) == 0 {
		found.Errorf("no-cases", whole, "add `regression_tests_info:` with a recording", "this regression data names no recording")
	}
	var cases []Case
	for _, n := range file.Tests {
		at := diag.Range{File: name, Start: diag.Position{Line: n.Line, Col: n.Column}, End: diag.Position{Line: n.Line, Col: n.Column + 1}}
		var test struct {
			Name  string `yaml:"name"`
			Type  string `yaml:"type"`
			Count *int   `yaml:"match_count"`
			Path  string `yaml:"path"`
		}
		if err := n.Decode(&test); err != nil || test.Path == "" {
			found.Errorf("test-case", at, "keys of a recording: name, type, provider, match_count, path", "this recording cannot be read: it needs a path (%v)", err)
			continue
		}
		if !exists(test.Path) {
			found.Errorf("no-recording", at, "the path counts from the folder above the rules", "there is no file %q", test.Path)
			continue
		}
		least := 1
		if test.Count != nil {
			least = *test.Count
		}
		files := []string{test.Path}
		if beside := strings.TrimSuffix(test.Path, path.Ext(test.Path)) + ".json"; beside != test.Path && exists(beside) {
			files = append(files, beside)
		}
		for _, f := range files {
			cases = append(cases, Case{Name: fmt.Sprintf("%s (%s)", test.Name, strings.TrimPrefix(path.Ext(f), ".")), Model: model, File: f, Expect: Expect{AtLeast: &least}, at: at})
		}
	}
	return cases, found
}

package regression

import (
	"fmt"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"decree/rules/diag"
	"decree/rules/parse"
	"decree/rules/source"
)

// LoadInfo reads Sigma's own regression data (info.yml): each recording becomes a case that must
// match as often as it says, or more. Paths count from the folder, which holds the rules and the
// data. A recording of the same name as JSON is a case too.
func LoadInfo(folder *source.Folder, file string, data []byte, model string) ([]*Case, diag.Diagnostics) {
	l := &loader{Document: parse.ReadDocument(folder, file, data, parse.FilterByForm), folder: folder}
	var list *yaml.Node
	if l.Top != nil {
		list = caseValue(l.Top, "regression_tests_info")
	}
	if l.Errors() == 0 && (list == nil || list.Kind != yaml.SequenceNode || len(list.Content) == 0) {
		l.Errorf("no-cases", list, "add `regression_tests_info:` with a recording", "this regression data names no recording")
	}
	if l.Errors() > 0 {
		return nil, l.Found()
	}
	var cases []*Case
	for _, n := range list.Content {
		cases = append(cases, l.recordings(n, model)...)
	}
	return cases, l.Found()
}

// recordings makes cases of one entry. Keys that are not decree's are left to Sigma.
func (l *loader) recordings(n *yaml.Node, model string) []*Case {
	var test struct {
		Name  string `yaml:"name"`
		Count *int   `yaml:"match_count"`
		Path  string `yaml:"path"`
	}
	if err := n.Decode(&test); err != nil || test.Path == "" {
		l.Errorf("test-case", n, "keys of a recording: name, type, provider, match_count, path", "this recording cannot be read: it needs a path (%v)", err)
		return nil
	}
	recording := path.Clean(test.Path)
	if !l.folder.Exists(recording) {
		l.Errorf("no-recording", n, "the path counts from the folder above the rules", "there is no file %q", test.Path)
		return nil
	}
	least := 1
	if test.Count != nil {
		least = *test.Count
	}
	files := []string{recording}
	if beside := strings.TrimSuffix(recording, path.Ext(recording)) + ".json"; beside != recording && l.folder.Exists(beside) {
		files = append(files, beside)
	}
	var cases []*Case
	for _, f := range files {
		cases = append(cases, &Case{Range: l.Range(n), Name: fmt.Sprintf("%s (%s)", test.Name, strings.TrimPrefix(path.Ext(f), ".")), Model: model,
			Expect: Expect{Range: l.Range(n), Way: ByAtLeast, Count: least}, inputs: []input{{name: f, own: true, file: f, open: fileOf(l.folder, f)}}})
	}
	return cases
}

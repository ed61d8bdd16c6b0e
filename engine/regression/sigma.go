package regression

import (
	"fmt"
	"math"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules/diag"
	"decree/rules/source"
)

// LoadInfo reads Sigma's own regression data (info.yml). Each recording becomes a case with a minimum number of
// matches. Paths are relative to the folder with the rules and the data. A recording that is not there is a warning,
// and makes no case. A JSON file with the name of a recording is a case too.
func LoadInfo(folder *source.Folder, file string, data []byte, model string) ([]*Case, diag.Diagnostics) {
	l := &loader{File: source.New(folder, file, data, source.ForTests), folder: folder}
	var list *yaml.Node
	if top := l.One(); top != nil {
		list = source.Value(top, "regression_tests_info")
	}
	if l.Errors() == 0 && (list == nil || list.Kind != yaml.SequenceNode || len(list.Content) == 0) {
		l.errorf("no-cases", list, "add `regression_tests_info:` with a recording", "the regression data has no recordings")
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

// recordings makes cases from one entry. It ignores keys that only Sigma uses.
func (l *loader) recordings(n *yaml.Node, model string) []*Case {
	before := l.Errors()
	var name, at string
	least := 1
	for _, e := range l.Entries(n, "a recording") {
		switch e.Key.Value {
		case "name":
			l.Text(&name, e.Value, "name")
		case "match_count":
			if !source.IsNull(e.Value) {
				least = l.Whole("wrong-type", e.Value, "match_count", "", 0, math.MaxInt)
			}
		case "path":
			l.Text(&at, e.Value, "path")
		}
	}
	if l.Errors() > before {
		return nil
	}
	if at == "" {
		l.errorf("test-case", n, "keys of a recording: name, type, provider, match_count, path", "the recording has no path")
		return nil
	}
	recording := path.Clean(at)
	if !l.folder.Exists(recording) {
		l.Warnf("no-recording", l.Range(n), "the path is relative to the folder above the rules: copy the file there", "the recording %q does not exist: the rule is tested without it", at)
		return nil
	}
	files := []string{recording}
	if beside := strings.TrimSuffix(recording, path.Ext(recording)) + ".json"; beside != recording && l.folder.Exists(beside) {
		files = append(files, beside)
	}
	way := ByAtLeast
	if least == 0 {
		way = ByNone
	}
	var cases []*Case
	for _, f := range files {
		cases = append(cases, &Case{Range: l.Range(n), Name: fmt.Sprintf("%s (%s)", name, strings.TrimPrefix(path.Ext(f), ".")), Model: model,
			Expect: Expect{Range: l.Range(n), Way: way, Count: least}, inputs: []input{{name: f, own: true, file: f, open: fileOf(l.folder, f)}}})
	}
	return cases
}

// Package tuned writes and shows what tune found. In: the result of a search. Out: a filter file with its tests and
// their events, and a report.
package tuned

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"decree/cmd/decree/internal/output"
	"decree/engine/tuning"
	"decree/rules/source"
)

// Names are the files of a filter: itself, its tests, and the events of these.
func Names(filter string) []string {
	base := strings.TrimSuffix(filter, filepath.Ext(filter))
	return []string{filter, base + ".test.yml", base + ".good.ndjson", base + ".bad.ndjson"}
}

// Free tells whether the files of a filter can be written: none exists, or force is set.
func Free(filter string, force bool) error {
	if !source.IsYAML(filter) {
		return fmt.Errorf("%s: name the filter's file NAME.yml", filter)
	}
	for _, name := range Names(filter) {
		if _, err := os.Lstat(name); err == nil && !force {
			return fmt.Errorf("%s exists; choose another name with -o, or overwrite it with --force", name)
		}
	}
	return nil
}

// Write writes the filter, its tests and their events, and names the files. There are no tests if the events alone do
// not tell.
func Write(filter string, q tuning.Request, found *tuning.Result, force bool) ([]string, error) {
	cases, err := tuning.Cases(q, found)
	if err != nil {
		return nil, err
	}
	files := []output.File{{Path: filter, Text: string(found.Text)}}
	if len(cases) > 0 {
		files = append(files, testFiles(filter, cases)...)
	}
	if err := output.MakeFolder(filepath.Dir(filter)); err != nil {
		return nil, err
	}
	var written []string
	for i := len(files) - 1; i >= 0; i-- { // the filter last: it is there only with all that belongs to it
		if err := output.Write(files[i].Path, []byte(files[i].Text), force); err != nil {
			return written, err
		}
		written = append([]string{files[i].Path}, written...)
	}
	return written, nil
}

// testCase is a case as test files have it.
type testCase struct {
	Name   string         `yaml:"name"`
	Model  string         `yaml:"model"`
	Now    string         `yaml:"now,omitempty"`
	File   string         `yaml:"file"`
	Expect map[string]any `yaml:"expect"`
}

// testFiles gives the test file and the files of events. Cases with events that must match have one file each.
func testFiles(filter string, cases []tuning.Case) []output.File {
	all := Names(filter)
	var file struct {
		Cases []testCase `yaml:"cases"`
	}
	var out []output.File
	bad := 0
	for _, c := range cases {
		t := testCase{Name: c.Name, Model: c.Model, Expect: map[string]any{"count": c.Count}}
		to := all[2]
		if c.Good {
			t.Expect = map[string]any{"none": true}
		} else {
			if to = all[3]; bad > 0 {
				to = fmt.Sprintf("%s.%d.ndjson", strings.TrimSuffix(to, ".ndjson"), bad+1)
			}
			bad++
		}
		if !c.Now.IsZero() {
			t.Now = c.Now.Format(time.RFC3339)
		}
		t.File = filepath.Base(to)
		file.Cases = append(file.Cases, t)
		out = append(out, output.File{Path: to, Text: string(append(bytes.Join(c.Events, []byte("\n")), '\n'))})
	}
	var text bytes.Buffer
	enc := yaml.NewEncoder(&text)
	enc.SetIndent(2)
	if err := enc.Encode(file); err != nil {
		panic(err) // plain structs
	}
	return append([]output.File{{Path: all[1], Text: text.String()}}, out...)
}

package scaffold

import (
	"bytes"
	"embed"
	"io/fs"
	"strings"
	"text/template"
	"time"

	"decree/rules/source"
)

//go:embed all:project
var projectFiles embed.FS

// File is a file of a new project. Path is a slash path in its folder.
type File struct {
	Path string
	Text []byte
	Runs bool // it is a program
}

// Project gives the files of a new project, in the order of their paths. rules are the folders of rules that are there.
// Without one it has a folder of its own, with a first rule.
func Project(date time.Time, rules []string) ([]File, error) {
	root, err := fs.Sub(projectFiles, "project")
	if err != nil {
		return nil, err
	}
	var files []File
	err = fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if len(rules) > 0 && strings.HasPrefix(path, "rules/") {
			return nil // a first rule among those would be deployed with them
		}
		text, err := fs.ReadFile(root, path)
		if err == nil && bytes.Contains(text, []byte("{{.")) {
			text, err = filled(string(text), date)
		}
		if len(rules) > 0 && path == "decree.yml" {
			text = bytes.Replace(text, []byte("rules: [rules]"), []byte("rules: ["+list(rules)+"]"), 1)
		}
		files = append(files, File{Path: path, Text: text, Runs: strings.HasPrefix(string(text), "#!")})
		return err
	})
	return files, err
}

// list writes names as the entries of a list in YAML, each in quotes where YAML asks for them.
func list(names []string) string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = source.Plain(name)
	}
	return strings.Join(out, ", ")
}

// filled fills in what differs from project to project.
func filled(text string, date time.Time) ([]byte, error) {
	t, err := template.New("file").Parse(text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, draft{ID: UUID(), Date: date.Format(time.DateOnly)})
	return out.Bytes(), err
}

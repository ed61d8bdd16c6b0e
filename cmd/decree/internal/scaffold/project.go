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
	facts := draft{ID: UUID(), Date: date.Format(time.DateOnly), Rules: "rules"}
	if len(rules) > 0 {
		names := make([]string, len(rules))
		for i, name := range rules {
			names[i] = source.Plain(name)
		}
		facts.Rules = strings.Join(names, ", ")
	}
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
			text, err = filled(string(text), facts)
		}
		files = append(files, File{Path: path, Text: text, Runs: strings.HasPrefix(string(text), "#!")})
		return err
	})
	return files, err
}

// filled fills in what differs from project to project.
func filled(text string, d draft) ([]byte, error) {
	t, err := template.New("file").Parse(text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, d)
	return out.Bytes(), err
}

package scaffold

import (
	"bytes"
	"embed"
	"io/fs"
	"strings"
	"text/template"
	"time"
)

//go:embed all:project
var projectFiles embed.FS

// File is a file of a new project. Path is a slash path in its folder.
type File struct {
	Path string
	Text []byte
	Runs bool // it is a program
}

// Project gives the files of a new project, in the order of their paths.
func Project(date time.Time) ([]File, error) {
	root, err := fs.Sub(projectFiles, "project")
	if err != nil {
		return nil, err
	}
	var files []File
	err = fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(root, path)
		if err == nil && bytes.Contains(text, []byte("{{.")) {
			text, err = filled(string(text), date)
		}
		files = append(files, File{Path: path, Text: text, Runs: strings.HasPrefix(string(text), "#!")})
		return err
	})
	return files, err
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

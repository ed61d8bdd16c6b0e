// Package project reads decree.yml. In: the working folder. Out: what the project says, with paths that open from
// there, and every finding with its place. Commands ask it for what the user did not give as flags.
package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/targets"
	"decree/compilers/pages"
	"decree/rules/diag"
	"decree/rules/source"
)

// FileName is the name of the project file.
const FileName = "decree.yml"

// otherName is a usual misspelling of it. Such a file is an error: without it, a build would be of other rules.
const otherName = "decree.yaml"

// Project is what a project file says. A value without a File is not a project: it says nothing.
type Project struct {
	File  string // the project file, as the working folder reaches it
	Data  []byte // its text
	Title string

	// Paths open from the working folder.
	Rules    []string // folders or files; only what is in them is a rule
	Filters  []string // folders and files of filters
	Lists    []string // folders of lists
	Models   []Model
	ofModels []string // files and folders of models, as the project names them

	Tests       Tests
	Lint        Lint
	Approximate []string         // gaps that are accepted in every rule
	FailOn      []string         // what fails a build, of FailOn's words
	Targets     []targets.Target // in the order of the file
	Docs        *Docs            // nil: a build writes no catalogue
}

// Docs says what the catalogue of the project is called and leads to.
type Docs struct {
	Title string // empty: the project's
	Links []pages.Link
}

// Tests says what the tests of rules must reach.
type Tests struct {
	Require     []string // a rule of such a status needs a test
	MinCoverage float64  // percent of each rule with tests; 0 = any
}

// Exists tells whether there is a project.
func (p *Project) Exists() bool { return p.File != "" }

// ModelPaths are the files and folders of models, which open from the working folder.
func (p *Project) ModelPaths() []string { return p.ofModels }

// Dir is the project's folder, as the working folder reaches it.
func (p *Project) Dir() string { return filepath.Dir(p.File) }

// Beside is a path in the project's folder, or without a project in the working folder.
func (p *Project) Beside(path string) string {
	if !p.Exists() {
		return path
	}
	return filepath.Join(p.Dir(), path)
}

// Open reads the project file of the working folder, or of the nearest folder above it. It names the file on the error
// stream and shows what is wrong with it. The error is exit.ErrFindings' kind after shown findings. Without a project
// file the project says nothing.
func Open(s *stdio.Streams) (*Project, error) {
	file, err := find()
	if err != nil || file == "" {
		return &Project{}, err
	}
	return open(s, file)
}

// find gives the path of the project file, or "".
func find() (string, error) {
	at, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := "."; ; dir = filepath.Join(dir, "..") {
		file := filepath.Join(dir, FileName)
		info, err := os.Stat(file)
		switch {
		case err == nil && info.Mode().IsRegular():
			return file, nil
		case err == nil && info.IsDir():
			return "", fmt.Errorf("%s is a folder, and a project is a file of this name: rename the folder", file)
		case err == nil:
			return "", fmt.Errorf("%s is not a regular file, as a project file is: rename it", file)
		}
		if _, link := os.Readlink(file); err != nil && link == nil {
			return "", fmt.Errorf("the project file is a link that leads nowhere: %w", err)
		}
		other := filepath.Join(dir, otherName)
		if info, err := os.Stat(other); err == nil && info.Mode().IsRegular() {
			return "", fmt.Errorf("%s is not read: rename it to %s, the name of a project file", other, FileName)
		}
		up := filepath.Dir(at)
		if up == at {
			return "", nil
		}
		at = up
	}
}

// Around gives the project file of the nearest folder above a folder, or "".
func Around(dir string) (string, error) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for up := filepath.Dir(at); up != at; at, up = up, filepath.Dir(up) {
		file := filepath.Join(up, FileName)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file, nil
		}
	}
	return "", nil
}

// Written gives the paths of rules, filters, lists and models of a project file as they are written there, by their
// key. It has each of these keys that the file has. Without a file that can be read as YAML it is nil: what is wrong
// with one is for Read to say.
func Written(file string) (map[string][]string, error) {
	data, err := source.ReadFile(file, source.ForRules)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	read := source.New(nil, filepath.ToSlash(file), data, source.ForRules)
	top := read.One()
	if top == nil || read.Errors() > 0 {
		return nil, nil
	}
	out := map[string][]string{}
	for _, key := range []string{"rules", "filters", "lists", "models"} {
		if e, ok := source.Find(top, key); ok {
			out[key] = nil
			for _, item := range source.Items(e.Value) {
				if !source.IsNull(item) {
					out[key] = append(out[key], item.Value)
				}
			}
		}
	}
	return out, nil
}

// Read reads a project file. With errors among the findings the project cannot be used. texts are those of the files
// that have findings, by path.
func Read(file string) (p *Project, found diag.Diagnostics, texts map[string][]byte, err error) {
	data, err := source.ReadFile(file, source.ForRules)
	if err != nil {
		return nil, nil, nil, err
	}
	shown := filepath.ToSlash(file)
	r := &reader{File: source.New(nil, shown, data, source.ForRules), dir: filepath.Dir(file), texts: map[string][]byte{shown: data}}
	p = &Project{File: file, Data: data}
	if top := r.One(); top != nil {
		readKeys(r, top, "the project", projectKeys, p)
		if len(p.Rules) == 0 && r.Errors() == 0 {
			r.Errorf("missing-key", r.At(1, 1), "add `rules: [rules]`, the folders of its rules", "the project has no rules")
		}
	} else if r.Errors() == 0 {
		r.Errorf("missing-key", r.At(1, 1), "add `rules: [rules]`, the folders of its rules", "the project file is empty")
	}
	return p, r.Found(), r.texts, nil
}

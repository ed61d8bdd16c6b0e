package source

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules/diag"
)

// File is one YAML file while it is read: its text, and the findings so far.
type File struct {
	folder *Folder
	path   string // path in the folder
	shown  string // path in findings
	data   []byte
	lines  []string
	widths []int // of lines: characters plus one; 0 = not counted yet
	last   place // that a column was looked for at
	limits Limits

	found  diag.Diagnostics
	errors int  // errors found, reported or not
	unsaid int  // findings not reported because there were too many
	broken bool // a document is not YAML
}

// New prepares the text of a file for reading. folder contains the files that it names, and may be nil.
func New(folder *Folder, path string, data []byte, limits Limits) *File {
	return &File{folder: folder, path: path, shown: folder.Shown(path), data: data, lines: strings.Split(string(data), "\n"), limits: limits}
}

// Path is the file's path in its folder.
func (f *File) Path() string { return f.path }

// Shown is the file's path as findings show it.
func (f *File) Shown() string { return f.shown }

// Lines are the lines of the file, without line breaks.
func (f *File) Lines() []string { return f.lines }

// Broken tells whether a document of the file is not YAML.
func (f *File) Broken() bool { return f.broken }

// Documents reads every document of the file, up to one that is not valid YAML. It replaces aliases and merge keys by
// the nodes they name.
func (f *File) Documents(read func(top *yaml.Node)) {
	f.eachDocument(func(doc *yaml.Node) {
		if f.resolve(doc.Content[0]) {
			read(doc.Content[0])
		}
	})
}

// One reads a file with a single document. It gives nil if the file is empty or has an error.
func (f *File) One() *yaml.Node {
	var first *yaml.Node
	documents := 0
	f.eachDocument(func(doc *yaml.Node) {
		switch documents++; {
		case documents > 1:
			f.Errorf("second-document", f.Span(doc), "remove the `---` before it", "this file must be a single document; text after `---` is not read")
		case !IsNull(doc.Content[0]) && f.resolve(doc.Content[0]):
			first = doc.Content[0]
		}
	})
	if f.errors > 0 {
		return nil
	}
	return first
}

func (f *File) eachDocument(read func(doc *yaml.Node)) {
	if len(f.data) > f.limits.Size {
		f.Errorf("file-too-large", f.At(1, 1), f.limits.Hint, "the file is larger than %d MiB", f.limits.Size>>20)
		return
	}
	dec := yaml.NewDecoder(bytes.NewReader(f.data))
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			f.syntax(err)
			return
		}
		if len(doc.Content) > 0 {
			read(&doc)
		}
	}
}

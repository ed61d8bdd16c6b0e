package source

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"gopkg.in/yaml.v3"

	"decree/rules/diag"
)

// File is the text of one YAML file while it is read, and what was found in it so far.
type File struct {
	folder *Folder
	path   string // in the folder
	shown  string // in findings
	data   []byte
	lines  []string
	widths []int // of lines, counted once: characters and one more; 0 = not counted yet
	limits Limits

	found  diag.Diagnostics
	errors int  // found, or left out because there were too many
	unsaid int  // findings left out
	broken bool // a document is not YAML
}

// New prepares the text of a file for reading. folder is where the files that it names are; it may be nil.
func New(folder *Folder, path string, data []byte, limits Limits) *File {
	return &File{folder: folder, path: path, shown: folder.Shown(path), data: data, lines: strings.Split(string(data), "\n"), limits: limits}
}

// Path is the file's path in its folder.
func (f *File) Path() string { return f.path }

// Shown is the file's path as findings show it.
func (f *File) Shown() string { return f.shown }

// Lines are the lines of the file, without their ends.
func (f *File) Lines() []string { return f.lines }

// Broken tells whether a document of the file is not YAML.
func (f *File) Broken() bool { return f.broken }

// Documents reads every document of the file, up to one that is not YAML. Aliases and merge keys are replaced by what they name.
func (f *File) Documents(read func(top *yaml.Node)) {
	f.eachDocument(func(doc *yaml.Node) {
		if f.resolve(doc.Content[0]) {
			read(doc.Content[0])
		}
	})
}

// One reads a file that holds one document; nil where it is empty or has an error.
func (f *File) One() *yaml.Node {
	var first *yaml.Node
	documents := 0
	f.eachDocument(func(doc *yaml.Node) {
		switch documents++; {
		case documents > 1:
			f.Errorf("second-document", f.Span(doc), "remove the `---` before it", "this file is one document; what follows `---` would not be read")
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
		f.Errorf("file-too-large", f.At(1, 1), f.limits.Hint, "this file holds more than %d MiB", f.limits.Size>>20)
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

package schema

import (
	"fmt"

	"decree/rules/diag"
	"decree/rules/source"
)

// document is a model's file while it is read: the positions of its parts, and the findings.
type document struct {
	*source.File
	*source.Places
	text  []byte
	names map[string]string // a source's name -> its path
}

// newDocument reads a model's text into m. It reports unknown keys and values of the wrong type.
func newDocument(file string, text []byte, m *Model) *document {
	d := &document{File: source.New(nil, file, text, source.ForModels), text: text, names: map[string]string{}}
	top := d.One()
	if top == nil {
		if d.Errors() == 0 {
			d.Errorf("empty-model", d.At(1, 1), "start with `name:`", "the file is empty")
		}
		return d
	}
	d.Places = d.Decode(top, m, "a model", diag.Error)
	for i, s := range m.Sources {
		if _, twice := d.names[s.Name]; !twice {
			d.names[s.Name] = fmt.Sprintf("sources[%d]", i)
		}
	}
	return d
}

// source is the path of a source. For a source that only the extended model has, it is the place where that model is
// named.
func (d *document) source(name string, i int) string {
	path, own := d.names[name]
	switch {
	case !d.Has("extends"):
		return fmt.Sprintf("sources[%d]", i)
	case own:
		return path
	}
	return "extends"
}

// full tells whether the file has so many errors that further checks are useless.
func (d *document) full() bool { return d.Errors() > source.ForModels.Findings }

// unread gives an error if the file has errors, else nil.
func (d *document) unread() error {
	if d.Errors() == 0 {
		return nil
	}
	return &Unread{d.Shown(), d.Found(), d.text}
}

// Unread are the findings of a model's file, as an error that shows them all.
type Unread struct {
	File  string
	Found diag.Diagnostics
	Text  []byte // of the file
}

// Error lists the findings, each with its position and source line.
func (u *Unread) Error() string {
	return fmt.Sprintf("data model %s cannot be used\n%s", u.File, u.Found.Text(func(string) []byte { return u.Text }))
}

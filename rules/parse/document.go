package parse

import (
	"errors"
	"io/fs"
	"slices"

	"gopkg.in/yaml.v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// Document is a YAML file about rules that is no rule itself, such as a test file. It is read
// within the bounds of a rule file, and what is wrong with it is said as for a rule.
type Document struct {
	Top *yaml.Node // aliases resolved; nil when the file is empty or cannot be read
	p   *parser
}

// Entry is one key of a mapping with its value.
type Entry struct{ Key, Value *yaml.Node }

// ReadDocument reads the text of a file that holds one YAML document. folder may be nil. The conditions of filters that stand in
// it are read as how says.
func ReadDocument(folder *source.Folder, file string, data []byte, how FilterCondition) *Document {
	d := &Document{p: newParser(file, data, folder)}
	d.p.filterCondition = how
	if len(data) > source.MaxSize {
		d.p.errorf("file-too-large", d.p.at(1, 1), "move recordings to files of their own", "this file holds more than %d MiB", source.MaxSize>>20)
		return d
	}
	documents := 0
	d.p.documents(data, func(doc *yaml.Node) {
		documents++
		switch {
		case documents > 1:
			d.p.errorf("second-document", d.p.span(doc), "remove the `---` before it", "this file is one document; what follows `---` would not be read")
		case len(doc.Content) > 0 && doc.Content[0].ShortTag() != "!!null" && d.p.resolve(doc.Content[0]):
			d.Top = doc.Content[0]
		}
	})
	if d.p.errors > 0 {
		d.Top = nil
	}
	return d
}

// Shown is the file's path as findings show it.
func (d *Document) Shown() string { return d.p.shown }

// Found is all that was found so far, in the order of the file.
func (d *Document) Found() diag.Diagnostics {
	out := slices.Clone(d.p.found)
	out.Sort()
	return out
}

// Errors is how many errors were found so far: findings below are no reason to leave anything out.
func (d *Document) Errors() int { return d.p.errors }

// Range is the place of a node; nil is the file's beginning.
func (d *Document) Range(n *yaml.Node) diag.Range {
	if n == nil {
		return d.p.inside(d.p.at(1, 1))
	}
	return d.p.inside(d.p.span(n))
}

// Errorf adds an error at a node.
func (d *Document) Errorf(code string, n *yaml.Node, hint, format string, args ...any) {
	d.p.errorf(code, d.Range(n), hint, format, args...)
}

// Entries lists a mapping in file order. What is no mapping, keys that stand twice and keys that
// are none of those allowed are errors; without any allowed, every key is.
func (d *Document) Entries(n *yaml.Node, what string, allowed ...string) []Entry {
	var out []Entry
	for _, e := range d.p.entries(n, what) {
		if len(allowed) > 0 && !slices.Contains(allowed, e.key.Value) {
			d.p.unknownKey(e.key, what, allowed...)
			continue
		}
		out = append(out, Entry{e.key, e.value})
	}
	return out
}

// Text reads a scalar; of anything else it says that what must be text.
func (d *Document) Text(n *yaml.Node, what string) string {
	var out string
	d.p.text(&out, n, what)
	return out
}

// List gives the entries of a list; one value alone is a list of one.
func (d *Document) List(n *yaml.Node) []*yaml.Node { return listNodes(n) }

// Filter reads a filter document that stands in this one; nil when it has an error.
func (d *Document) Filter(n *yaml.Node) *rules.Filter {
	before := d.p.errors
	f := d.p.filter(&yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{n}})
	if d.p.errors > before {
		return nil
	}
	return f
}

// Beside finds a file named relative to this one: its path in the folder. A file that is not
// there, or outside the folder, is an error at the node.
func (d *Document) Beside(n *yaml.Node, what string) (file string, ok bool) {
	name := d.Text(n, what)
	at, err := d.p.folder.Beside(d.p.path, name)
	switch {
	case name == "":
		d.Errorf("missing-file", n, "write a path, relative to this file", "%s names no file", what)
	case errors.Is(err, source.ErrOutside):
		d.Errorf("file-outside-folder", n, "move it into the rules folder", "%s %q is outside the rules folder", what, name)
	case errors.Is(err, fs.ErrNotExist):
		d.Errorf("file-not-found", n, "the path is relative to this file", "there is no %s %q", what, name)
	case err != nil:
		d.Errorf("file-unreadable", n, "", "cannot read %s %q: %v", what, name, err)
	default:
		return at, true
	}
	return "", false
}

package source

import (
	"errors"
	"io/fs"

	"go.yaml.in/yaml/v3"
)

// Beside finds a file that a node names relative to this one, and gives its path in the folder. A file that does not
// exist, or is outside the folder, is an error at the node. kind begins the codes of these errors, such as file in
// file-not-found. what names the file in messages.
func (f *File) Beside(n *yaml.Node, kind, what string) (file string, ok bool) {
	if n.Kind != yaml.ScalarNode || IsNull(n) || n.Value == "" {
		f.Errorf("missing-file", f.Span(n), "write one path, relative to this file", "the %s has no path", what)
		return "", false
	}
	name := n.Value
	at, err := f.folder.beside(f.path, name)
	switch {
	case errors.Is(err, errOutside):
		f.Errorf(kind+"-outside-folder", f.Span(n), "move it into the rules folder", "%s %q is outside the rules folder", what, name)
	case errors.Is(err, fs.ErrNotExist):
		f.Errorf(kind+"-not-found", f.Span(n), "the path is relative to this file", "the %s %q does not exist", what, name)
	case err != nil:
		f.Errorf(kind+"-unreadable", f.Span(n), "", "cannot read %s %q: %v", what, name, err)
	default:
		return at, true
	}
	return "", false
}

// ReadBeside reads the file that Beside finds. Its findings are reported once Include has taken them over.
func (f *File) ReadBeside(n *yaml.Node, kind, what string) (*File, bool) {
	at, ok := f.Beside(n, kind, what)
	if !ok {
		return nil, false
	}
	data, err := f.folder.Read(at)
	if err != nil {
		f.Errorf(kind+"-unreadable", f.Span(n), "", "cannot read %s %q: %v", what, n.Value, err)
		return nil, false
	}
	return New(f.folder, at, data, f.limits), true
}

// Include takes over the findings of another file. Its errors count as errors of this file.
func (f *File) Include(other *File) {
	f.errors += other.errors
	f.unsaid += other.unsaid
	for _, d := range other.found {
		if len(f.found) >= f.limits.Findings {
			f.unsaid++
			continue
		}
		f.found = append(f.found, d)
	}
}

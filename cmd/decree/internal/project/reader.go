package project

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"decree/rules/source"
)

// reader reads one project file.
type reader struct {
	*source.File
	dir   string            // the folder of the file
	texts map[string][]byte // of all files that were read, by path
}

// key is a key of a mapping in the file, and how its value is read into a T.
type key[T any] struct {
	name string
	read func(r *reader, to *T, n *yaml.Node)
}

// names lists keys.
func names[T any](keys []key[T]) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.name
	}
	return out
}

// readKeys reads a mapping, in the order of the keys. what names it in messages.
func readKeys[T any](r *reader, n *yaml.Node, what string, keys []key[T], to *T) {
	if source.IsNull(n) {
		return
	}
	entries := r.Entries(n, what, names(keys)...)
	for _, k := range keys {
		if i := slices.IndexFunc(entries, func(e source.Entry) bool { return e.Key.Value == k.name }); i >= 0 {
			k.read(r, to, entries[i].Value)
		}
	}
}

// words reads a list of words, each of the allowed ones. code is of what is not allowed.
func (r *reader) words(code string, n *yaml.Node, allowed []string) (out []string) {
	if source.IsNull(n) {
		return nil
	}
	for _, item := range source.Items(n) {
		if word := r.Word(code, item, allowed); word != "" {
			out = append(out, word)
		}
	}
	return out
}

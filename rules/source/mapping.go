package source

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules/diag"
)

// Entry is one key of a mapping with its value.
type Entry struct{ Key, Value *yaml.Node }

// Entries lists a mapping in file order. A node that is not a mapping, a duplicate key and a key that is not allowed
// are errors. If none are given as allowed, every key is.
func (f *File) Entries(n *yaml.Node, what string, allowed ...string) []Entry {
	return f.entries(n, what, "rename or remove one of them", allowed)
}

// Tests lists a mapping of tests, as Entries does. Who writes a field twice mostly wants both tests.
func (f *File) Tests(n *yaml.Node, what string) []Entry {
	return f.entries(n, what, "a key may be there once: join both tests with `|all` if they are alike, or give one a selection of its own and name it in the condition", nil)
}

func (f *File) entries(n *yaml.Node, what, duplicate string, allowed []string) []Entry {
	if n.Kind != yaml.MappingNode {
		hint := "write it as `key: value` lines"
		if IsNull(n) {
			hint += " below it, indented further"
		}
		if len(allowed) > 0 {
			hint += "; its keys are " + strings.Join(allowed, ", ")
		}
		f.Errorf("wrong-type", f.Span(n), hint, "%s must be a mapping", what)
		return nil
	}
	out := make([]Entry, 0, len(n.Content)/2)
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind != yaml.ScalarNode {
			f.Errorf("wrong-type", f.Span(k), "", "a key of %s must be text", what)
			continue
		}
		switch {
		case seen[k.Value]:
			f.Errorf("duplicate-name", f.Span(k), duplicate, "duplicate key %q in %s", k.Value, what)
		case len(allowed) > 0 && !slices.Contains(allowed, k.Value):
			f.UnknownKey(k, what, allowed...)
		default:
			out = append(out, Entry{k, n.Content[i+1]})
		}
		seen[k.Value] = true
	}
	return out
}

// UnknownKey reports a key that is not allowed.
func (f *File) UnknownKey(k *yaml.Node, what string, allowed ...string) {
	f.Errorf("unknown-key", f.Span(k), diag.OneOf(k.Value, allowed), "unknown key %q in %s", k.Value, what)
}

// Find gives the entry of a mapping with a key. ok is false if there is none, or the node is not a mapping.
func Find(n *yaml.Node, key string) (e Entry, ok bool) {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return Entry{n.Content[i], n.Content[i+1]}, true
		}
	}
	return Entry{}, false
}

// Value gives the value of a key in a mapping. It is nil if there is none, or the node is not a mapping.
func Value(n *yaml.Node, key string) *yaml.Node {
	e, _ := Find(n, key)
	return e.Value
}

// Without gives a copy of a mapping without one of its keys.
func Without(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return n
	}
	out := *n
	out.Content = nil
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != key {
			out.Content = append(out.Content, n.Content[i], n.Content[i+1])
		}
	}
	return &out
}

// Items gives the entries of a list. A single value counts as a list of one.
func Items(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}

// IsNull tells whether a node is YAML's null: `~`, `null`, or nothing.
func IsNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

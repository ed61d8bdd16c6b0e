package rules

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"decree/rules/diag"
)

// lists reads the rule's value lists and resolves set expressions, which may name lists
// above or below them but never themselves.
func (p *parser) lists(r *Rule, n *yaml.Node) {
	entries := p.entries(n, "lists")
	pending := map[string]entry{}
	for _, e := range entries {
		pending[e.key.Value] = e
	}
	done := map[string]*List{}
	var resolve func(e entry, chain []string) *List
	resolve = func(e entry, chain []string) *List {
		name := e.key.Value
		if l := done[name]; l != nil {
			return l
		}
		l := &List{Name: name, Range: p.span(e.key)}
		if slices.Contains(chain, name) {
			p.found.Errorf("list-cycle", l.Range, "break the circle", "list %q is made from itself: %s", name, strings.Join(append(chain, name), " -> "))
			return l
		}
		p.list(l, e.value, func(other *yaml.Node) []string {
			o, ok := pending[other.Value]
			if !ok {
				p.noSuchList(other, entries)
				return nil
			}
			return resolve(o, append(chain, name)).Values
		})
		done[name] = l
		return l
	}
	for _, e := range entries {
		l := resolve(e, nil)
		if len(l.Values) == 0 && !p.found.HasErrors() {
			p.found.Errorf("empty-list", l.Range, "add values", "list %q has no values", l.Name)
		}
		r.Lists = append(r.Lists, *l)
	}
}

func (p *parser) noSuchList(n *yaml.Node, entries []entry) {
	var names []string
	for _, e := range entries {
		names = append(names, e.key.Value)
	}
	hint := "lists of this rule: " + strings.Join(names, ", ")
	if near := diag.Closest(n.Value, names); near != "" {
		hint = "did you mean `" + near + "`?"
	}
	p.found.Errorf("no-such-list", p.span(n), hint, "there is no list %q", n.Value)
}

func (p *parser) list(l *List, n *yaml.Node, other func(*yaml.Node) []string) {
	if n.Kind == yaml.SequenceNode {
		p.texts(&l.Values, n, "a list")
		l.Values = unique(l.Values)
		return
	}
	for _, e := range p.entries(n, "a list") {
		switch e.key.Value {
		case "file":
			p.listFile(l, e.value)
		case "union":
			p.texts(&l.Union, e.value, "union")
			for _, c := range listNodes(e.value) {
				l.Values = append(l.Values, other(c)...)
			}
		case "except":
			p.texts(&l.Except, e.value, "except")
		default:
			p.unknownKey(e.key, "a list", "file", "union", "except")
		}
	}
	for _, e := range p.entries(n, "a list") {
		if e.key.Value == "except" {
			for _, c := range listNodes(e.value) {
				for _, gone := range other(c) {
					l.Values = slices.DeleteFunc(l.Values, func(v string) bool { return strings.EqualFold(v, gone) })
				}
			}
		}
	}
	l.Values = unique(l.Values)
}

func listNodes(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}

// listFile reads a list file: title, description, references, values.
func (p *parser) listFile(l *List, n *yaml.Node) {
	data, at, err := p.folder.readBeside(p.file, n.Value)
	switch {
	case errors.Is(err, errOutside):
		p.found.Errorf("list-outside-folder", p.span(n), "move the list into the rules folder", "list file %q is outside the rules folder", n.Value)
		return
	case errors.Is(err, fs.ErrNotExist):
		p.found.Errorf("list-not-found", p.span(n), "the path is relative to the rule file", "there is no list file %q", n.Value)
		return
	case err != nil:
		p.found.Errorf("list-not-found", p.span(n), "", "cannot read the list file: %v", err)
		return
	}
	var file struct {
		Title       string   `yaml:"title"`
		Description string   `yaml:"description"`
		References  []string `yaml:"references"`
		Values      []string `yaml:"values"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		p.found.Errorf("yaml-syntax", p.span(n), "a list file has title, description, references and values", "list file %s: %v", at, err)
		return
	}
	if len(file.Values) == 0 {
		p.found.Errorf("empty-list", p.span(n), "add `values:` to the file", "list file %s has no values", at)
	}
	l.File, l.Title, l.Description, l.Values = at, file.Title, file.Description, append(l.Values, file.Values...)
}

// unique drops values that stand before in any case.
func unique(values []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, v := range values {
		if key := strings.ToLower(v); !seen[key] {
			seen[key] = true
			out = append(out, v)
		}
	}
	return out
}

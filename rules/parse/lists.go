package parse

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// maxListValues bounds the values of all lists of a rule together, unions counted again.
const maxListValues = 1_000_000

// lists reads the rule's value lists and resolves set expressions, which may name lists
// above or below them but never themselves.
func (p *parser) lists(r *rules.Rule, n *yaml.Node) {
	s := &listSet{parser: p, entries: p.entries(n, "lists"), pending: map[string]entry{}, done: map[string]*rules.List{}}
	for _, e := range s.entries {
		s.pending[e.key.Value] = e
	}
	for _, e := range s.entries {
		if l := s.resolve(e); p.claim(e.key) {
			r.Lists = append(r.Lists, *l)
		}
	}
}

// listSet resolves the lists of one rule, each once.
type listSet struct {
	*parser
	entries []entry
	pending map[string]entry
	done    map[string]*rules.List
	chain   []string // being resolved, outermost first
}

func (s *listSet) resolve(e entry) *rules.List {
	name := e.key.Value
	if l := s.done[name]; l != nil {
		return l
	}
	l := &rules.List{Name: name, Range: s.span(e.key)}
	switch {
	case slices.Contains(s.chain, name):
		circle := append(slices.Clone(s.chain[slices.Index(s.chain, name):]), name)
		s.errorf("list-cycle", l.Range, "break the circle", "list %q is made from itself: %s", name, strings.Join(circle, " -> "))
		return l
	case len(s.chain) == maxDepth:
		s.errorf("list-cycle", l.Range, "name the lists at the bottom", "lists are made from lists more than %d deep", maxDepth)
		return l
	}
	before := s.errors
	s.chain = append(s.chain, name)
	s.list(l, e.value)
	s.chain = s.chain[:len(s.chain)-1]
	s.done[name] = l
	if s.values += len(l.Values); s.values > maxListValues {
		l.Values = nil
		s.errorf("list-too-large", l.Range, "use shorter lists", "the lists of a rule hold at most %d values", maxListValues)
	}
	if len(l.Values) == 0 && s.errors == before {
		s.errorf("empty-list", l.Range, "add values", "list %q has no values", name)
	}
	return l
}

// named gives the values of another list of the rule.
func (s *listSet) named(n *yaml.Node) []string {
	other, ok := s.pending[n.Value]
	if !ok {
		s.noSuchList(n, s.entries)
		return nil
	}
	return s.resolve(other).Values
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
	p.errorf("no-such-list", p.span(n), hint, "there is no list %q", n.Value)
}

// list reads values written inline, a list file, or a set expression.
func (s *listSet) list(l *rules.List, n *yaml.Node) {
	if n.Kind == yaml.SequenceNode {
		s.listValues(&l.Values, n, "a list")
		l.Values = unique(l.Values)
		return
	}
	var except []*yaml.Node
	for _, e := range s.entriesOf(n) {
		switch e.key.Value {
		case "file":
			s.listFile(l, e.value)
		case "union":
			s.texts(&l.Union, e.value, "union")
			named := map[string]bool{}
			for _, c := range listNodes(e.value) {
				if !named[c.Value] {
					named[c.Value] = true
					l.Values = append(l.Values, s.named(c)...)
				}
			}
		case "except":
			s.texts(&l.Except, e.value, "except")
			except = listNodes(e.value)
		default:
			s.unknownKey(e.key, "a list", "file", "union", "except")
		}
	}
	gone := map[string]bool{}
	for _, c := range except {
		for _, v := range s.named(c) {
			gone[strings.ToLower(v)] = true
		}
	}
	l.Values = slices.DeleteFunc(unique(l.Values), func(v string) bool { return gone[strings.ToLower(v)] })
}

func (s *listSet) entriesOf(n *yaml.Node) []entry {
	if n.Kind != yaml.MappingNode {
		s.errorf("wrong-type", s.span(n), "write `[a, b]`, `{file: ...}` or `{union: [...]}`", "a list is a sequence of values or a mapping")
		return nil
	}
	return s.parser.entries(n, "a list")
}

// listValues reads values, none of which may be empty: an empty value is a part of every text.
func (p *parser) listValues(to *[]string, n *yaml.Node, what string) {
	p.texts(to, n, what)
	for _, c := range listNodes(n) {
		if c.Kind == yaml.ScalarNode && (c.Value == "" || c.ShortTag() == "!!null") {
			p.errorf("empty-value", p.span(c), "remove it", "%s holds an empty value, which is a part of every text", what)
		}
	}
}

func listNodes(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}

// listFile reads a list file: title, description, references, values.
func (p *parser) listFile(l *rules.List, n *yaml.Node) {
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		p.errorf("wrong-type", p.span(n), "write one path, relative to the rule file", "the file of a list must be text")
		return
	}
	var data []byte
	at, err := p.folder.Beside(p.path, n.Value)
	if err == nil {
		data, err = p.folder.Read(at)
	}
	switch {
	case errors.Is(err, source.ErrOutside):
		p.errorf("list-outside-folder", p.span(n), "move the list into the rules folder", "list file %q is outside the rules folder", n.Value)
		return
	case errors.Is(err, fs.ErrNotExist):
		p.errorf("list-not-found", p.span(n), "the path is relative to the rule file", "there is no list file %q", n.Value)
		return
	case err != nil:
		p.errorf("list-unreadable", p.span(n), "", "cannot read the list file: %v", err)
		return
	}
	var file struct {
		Title       string   `yaml:"title"`
		Description string   `yaml:"description"`
		References  []string `yaml:"references"`
		Values      []string `yaml:"values"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		p.errorf("yaml-syntax", p.span(n), "a list file has title, description, references and values", "list file %s: %s", at, oneLine(err))
		return
	}
	if len(file.Values) == 0 {
		p.errorf("empty-list", p.span(n), "add `values:` to the file", "list file %s has no values", at)
	}
	if i := slices.Index(file.Values, ""); i >= 0 {
		p.errorf("empty-value", p.span(n), "remove it", "value %d of list file %s is empty, which is a part of every text", i+1, at)
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

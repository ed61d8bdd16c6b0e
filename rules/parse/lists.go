package parse

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// maxListValues limits the values of all lists of a rule together. The values of a union count again.
const maxListValues = 1_000_000

// lists reads the rule's value lists and resolves set expressions. A set expression may name any other list of the
// rule, before or after it, but never itself.
func (p *parser) lists(r *rules.Rule, section source.Entry) {
	s := &listSet{parser: p, entries: p.Entries(section.Value, "lists"), pending: map[string]source.Entry{}, done: map[string]*rules.List{}}
	for _, e := range s.entries {
		s.pending[e.Key.Value] = e
	}
	for _, e := range s.entries {
		if l := s.resolve(e); p.claim(e.Key) {
			r.Lists = append(r.Lists, *l)
		}
	}
}

// listSet resolves the lists of one rule, each once.
type listSet struct {
	*parser
	entries []source.Entry
	pending map[string]source.Entry
	done    map[string]*rules.List
	chain   []string // the lists being resolved, outermost first
}

func (s *listSet) resolve(e source.Entry) *rules.List {
	name := e.Key.Value
	if l := s.done[name]; l != nil {
		return l
	}
	l := &rules.List{Name: name, Range: s.Span(e.Key)}
	switch {
	case slices.Contains(s.chain, name):
		circle := append(slices.Clone(s.chain[slices.Index(s.chain, name):]), name)
		s.Errorf("list-cycle", l.Range, "remove one of the references", "list %q is made from itself: %s", name, strings.Join(circle, " -> "))
		return l
	case len(s.chain) == maxDepth:
		s.Errorf("list-cycle", l.Range, "name the innermost lists directly", "lists are nested more than %d deep", maxDepth)
		return l
	}
	before := s.Errors()
	s.chain = append(s.chain, name)
	s.list(l, e.Value)
	s.chain = s.chain[:len(s.chain)-1]
	s.done[name] = l
	if s.values += len(l.Values); s.values > maxListValues {
		l.Values = nil
		s.Errorf("list-too-large", l.Range, "use shorter lists", "the lists of a rule may have at most %d values", maxListValues)
	}
	if len(l.Values) == 0 && s.Errors() == before {
		s.Errorf("empty-list", l.Range, "add values", "list %q has no values", name)
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

func (p *parser) noSuchList(n *yaml.Node, entries []source.Entry) {
	var names []string
	for _, e := range entries {
		names = append(names, e.Key.Value)
	}
	hint := diag.DidYouMean(n.Value, names, "lists of this rule: "+strings.Join(names, ", "))
	p.Errorf("no-such-list", p.Span(n), hint, "the rule has no list %q", n.Value)
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
		switch e.Key.Value {
		case "file":
			s.listFile(l, e.Value)
		case "union":
			s.Texts(&l.Union, e.Value, "union")
			named := map[string]bool{}
			for _, c := range source.Items(e.Value) {
				if !named[c.Value] {
					named[c.Value] = true
					l.Values = append(l.Values, s.named(c)...)
				}
			}
		case "except":
			s.Texts(&l.Except, e.Value, "except")
			except = source.Items(e.Value)
		default:
			s.UnknownKey(e.Key, "a list", "file", "union", "except")
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

func (s *listSet) entriesOf(n *yaml.Node) []source.Entry {
	if n.Kind != yaml.MappingNode {
		s.Errorf("wrong-type", s.Span(n), "write `[a, b]`, `{file: ...}` or `{union: [...]}`", "a list is a sequence of values or a mapping")
		return nil
	}
	return s.parser.Entries(n, "a list")
}

// listValues reads values and reports empty ones.
func (p *parser) listValues(to *[]string, n *yaml.Node, what string) {
	p.Texts(to, n, what)
	p.NoEmpty(n, what)
}

// listFile reads the list file that a list names, by its ending as one of a folder of lists.
func (p *parser) listFile(l *rules.List, n *yaml.Node) {
	in, ok := p.ReadBeside(n, "list", "list file")
	if !ok {
		return
	}
	defer p.Include(in)
	l.File = in.Path()
	r := &listReader{File: in}
	read := listKind(l.File)
	if read == nil {
		read = (*listReader).yaml
	}
	read(r, l)
	for _, d := range r.notes {
		in.Infof(d.Code, d.Range, d.Hint, "%s", d.Message)
	}
}

// readListFile reads a list file: title, description, references, values.
func readListFile(in *source.File, l *rules.List) {
	top := in.One()
	if top == nil {
		if in.Errors() == 0 {
			in.Errorf("empty-list", in.Range(nil), "add `values:`", "this list file is empty")
		}
		return
	}
	var file struct {
		Title       string   `yaml:"title"`
		Description string   `yaml:"description"`
		References  []string `yaml:"references"`
		Values      []string `yaml:"values"`
	}
	in.Decode(top, &file, "a list file", diag.Warning)
	if values := source.Value(top, "values"); values != nil {
		in.NoEmpty(values, "a list file")
	}
	switch {
	case in.Errors() > 0:
	case len(file.Values) == 0:
		in.Errorf("empty-list", in.Range(top), "add `values:` with at least one value", "this list file has no values")
	default:
		l.Title, l.Description, l.Values = file.Title, file.Description, append(l.Values, file.Values...)
	}
}

// unique drops values that occur earlier in the list, ignoring case.
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

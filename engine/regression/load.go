package regression

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/rules/source"
)

// caseKeys are the keys of a case, in the order in which people write them.
var caseKeys = []string{"name", "rule", "model", "now", "use", "events", "file", "reputation", "filters", "same_as", "expect"}

// loader reads one test file.
type loader struct {
	*source.File
	folder          *source.Folder
	filterCondition parse.FilterCondition
	fixtures        map[string]part
}

// errorf adds an error at a node, or for nil at the beginning of the file.
func (l *loader) errorf(code string, n *yaml.Node, hint, format string, args ...any) {
	l.Errorf(code, l.Range(n), hint, format, args...)
}

// text reads a text. Anything else is an error.
func (l *loader) text(n *yaml.Node, what string) string {
	var out string
	l.Text(&out, n, what)
	return out
}

// part holds the keys that fixtures and cases share.
type part struct {
	own        bool // of a case, not of a fixture
	inputs     []input
	reputation []map[string]string
	filters    []*rules.Filter
}

// Parse reads the text of a test file in a folder, which may be nil if no case names a file. how says how the
// conditions of its filters are read. A case with an error is left out. The others are returned, with all findings.
func Parse(folder *source.Folder, file string, data []byte, how parse.FilterCondition) (*File, diag.Diagnostics) {
	l := &loader{File: source.New(folder, file, data, source.ForTests), folder: folder, filterCondition: how, fixtures: map[string]part{}}
	top := l.One()
	out := &File{Path: file, Shown: l.Shown(), text: data}
	if top == nil {
		if found := l.Found(); l.Errors() > 0 {
			return out, found
		}
		l.errorf("no-cases", nil, "add `cases:` with at least one case", "the test file has no cases")
		return out, l.Found()
	}
	var cases *yaml.Node
	for _, e := range l.Entries(top, "a test file", "fixtures", "cases") {
		if e.Key.Value == "cases" {
			cases = e.Value
		} else {
			l.shared(e.Value) // cases may come before the fixtures, so they are read below
		}
	}
	if cases == nil || len(cases.Content) == 0 {
		l.errorf("no-cases", cases, "add `cases:` with at least one case", "the test file has no cases")
		return out, l.Found()
	}
	if cases.Kind != yaml.SequenceNode {
		l.errorf("wrong-type", cases, "begin each case with `- name:`", "cases must be a list")
		return out, l.Found()
	}
	names := map[string]bool{}
	for _, n := range cases.Content {
		before := l.Errors()
		c := l.oneCase(n)
		if c.Name != "" && names[c.Name] {
			l.errorf("duplicate-name", n, "rename one of them", "duplicate case name %q", c.Name)
		}
		names[c.Name] = true
		if l.Errors() == before {
			out.Cases = append(out.Cases, c)
		}
	}
	l.checkSame(out.Cases, names)
	return out, l.Found()
}

// checkSame reports a same_as that names no case, or a case of another rule, or one that has a same_as itself.
func (l *loader) checkSame(cases []*Case, names map[string]bool) {
	for _, c := range cases {
		if c.SameAs == nil {
			continue
		}
		at := source.Value(c.node, "same_as")
		i := slices.IndexFunc(cases, func(other *Case) bool { return other.Name == c.SameAs.Case })
		switch {
		case c.SameAs.Case == c.Name:
			l.errorf("same-as-itself", at, "name another case", "the case refers to itself")
		case i >= 0 && cases[i].SameAs != nil && cases[i].Expect.Way == "":
			l.errorf("same-as-same", at, fmt.Sprintf("name `%s`", cases[i].SameAs.Case), "the case %q has a same_as itself", c.SameAs.Case)
		case i >= 0 && cases[i].Rule != c.Rule:
			l.errorf("same-as-other-rule", at, "give both the same `rule`, or none", "the case %q is of another rule", c.SameAs.Case)
		case i < 0 && !names[c.SameAs.Case]:
			var known []string
			for _, other := range cases {
				known = append(known, other.Name)
			}
			l.errorf("no-such-case", at, diag.DidYouMean(c.SameAs.Case, known, "name a case of this file"), "unknown case %q", c.SameAs.Case)
		}
	}
}

// shared reads the fixtures.
func (l *loader) shared(n *yaml.Node) {
	for _, e := range l.Entries(n, "fixtures") {
		var p part
		for _, in := range l.Entries(e.Value, "a fixture", "events", "file", "reputation", "filters") {
			l.common(&p, in, e.Key.Value)
		}
		l.fixtures[e.Key.Value] = p
	}
}

// common reads a key that fixtures and cases share. name is the name of inline events in messages.
func (l *loader) common(p *part, e source.Entry, name string) {
	switch e.Key.Value {
	case "events":
		if in, ok := l.inline(e.Value, name, p.own); ok {
			p.inputs = append(p.inputs, in)
		}
	case "file":
		for _, n := range source.Items(e.Value) {
			if at, ok := l.Beside(n, "file", "event file"); ok {
				p.inputs = append(p.inputs, input{name: n.Value, own: p.own, file: at, open: fileOf(l.folder, at)})
			}
		}
	case "reputation":
		p.reputation = l.rows(e.Value)
	case "filters":
		for _, n := range source.Items(e.Value) {
			if f := parse.Filter(l.File, n, l.filterCondition); f != nil {
				p.filters = append(p.filters, f)
			}
		}
	}
}

func (l *loader) oneCase(n *yaml.Node) *Case {
	c := &Case{Range: l.Range(n), Model: schema.Plain, node: n}
	own, used := part{own: true}, part{}
	given := map[string]bool{}
	for _, e := range l.Entries(n, "a case", caseKeys...) {
		given[e.Key.Value] = true
		switch e.Key.Value {
		case "name":
			c.Name = l.text(e.Value, "name")
		case "rule":
			c.Rule, c.RuleRange = l.text(e.Value, "rule"), l.Range(e.Value)
		case "model":
			c.Model = l.text(e.Value, "model")
			if !slices.Contains(schema.Names(), c.Model) {
				l.errorf("unknown-model", e.Value, diag.OneOf(c.Model, schema.Names()), "unknown data model %q", c.Model)
			}
		case "now":
			var err error
			if c.Now, err = time.Parse(time.RFC3339, l.text(e.Value, "now")); err != nil {
				l.errorf("invalid-time", e.Value, "write it as 2026-03-02T12:00:00Z", "%q is not a time", e.Value.Value)
			}
		case "use":
			l.use(&used, e.Value)
		case "same_as":
			c.SameAs = l.sameAs(e.Value)
		case "expect":
			c.Expect = l.expect(e.Value)
		default:
			l.common(&own, e, "events")
		}
	}
	c.inputs = append(used.inputs, own.inputs...)
	c.Reputation = append(used.reputation, own.reputation...)
	c.Filters = append(used.filters, own.filters...)
	l.checkCase(c, n, given)
	return c
}

func (l *loader) checkCase(c *Case, n *yaml.Node, given map[string]bool) {
	if !given["name"] || (c.Name == "" && source.Value(n, "name").Kind == yaml.ScalarNode) {
		l.errorf("missing-name", n, "add `name:` and say what the case shows", "a case needs a name")
	}
	if !given["events"] && !given["file"] && !given["use"] {
		l.errorf("missing-events", n, "add `events:`, `file:` or `use:`", "a case needs events")
	}
	if !given["expect"] && !given["same_as"] {
		l.errorf("missing-expect", n, "add `expect:` with "+strings.Join(ways, ", ")+"; `decree test --update` fills in an empty one", "a case needs an expectation")
	}
}

// use adds the fixtures that a case names.
func (l *loader) use(to *part, n *yaml.Node) {
	for _, ref := range source.Items(n) {
		p, ok := l.fixtures[l.text(ref, "a name under use")]
		if !ok {
			var known []string
			for name := range l.fixtures {
				known = append(known, name)
			}
			slices.Sort(known)
			l.errorf("no-such-fixture", ref, diag.DidYouMean(ref.Value, known, "name one under `fixtures:`"), "unknown fixture %q", ref.Value)
			continue
		}
		to.inputs = append(to.inputs, p.inputs...)
		to.reputation = append(to.reputation, p.reputation...)
		to.filters = append(to.filters, p.filters...)
	}
}

// sameAs reads the name of another case, or {case, by}.
func (l *loader) sameAs(n *yaml.Node) *SameAs {
	out := &SameAs{Range: l.Range(n), By: ByID}
	if n.Kind != yaml.MappingNode {
		out.Case = l.text(n, "same_as")
		return out
	}
	for _, e := range l.Entries(n, "same_as", "case", "by") {
		if e.Key.Value == "case" {
			out.Case = l.text(e.Value, "case")
			continue
		}
		out.By = Way(l.text(e.Value, "by"))
		if by := []string{string(ByID), string(ByIndex), string(ByCount)}; !slices.Contains(by, string(out.By)) {
			l.errorf("invalid-way", e.Value, diag.OneOf(string(out.By), by), "unknown way to compare events: %q", out.By)
		}
	}
	return out
}

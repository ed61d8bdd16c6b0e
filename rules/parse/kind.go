package parse

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

const (
	NotARule      = "not-a-rule"       // code of a document that has no key of a rule, a correlation or a filter
	FilterSkipped = "document-skipped" // code of a filter that is read as a rule
	notAFilter    = "not-a-filter"     // code of a rule or a correlation where a filter is expected
)

// A document is one of Sigma's if it has a distinct section of the table, or one that is almost so written, or two of
// the usual keys, or a title and a query.
var (
	usualKeys    = []string{"title", "id", "status", "level"}
	distinctKeys = distinct()
	// longKeys are those of which no key of another format is almost the same: `filters` and `regression_tests_info`
	// are such keys, but `detecton` is not.
	longKeys = slices.DeleteFunc(distinct(), func(name string) bool { return len(name) < 8 || strings.Contains(name, "_") })
)

// distinct names the distinct sections.
func distinct() []string {
	var names []string
	for _, s := range rules.Sections() {
		if s.Distinct {
			names = append(names, s.Name)
		}
	}
	return names
}

// isRule tells whether a document is meant as a rule, a correlation or a filter, right or wrong. In a list one such
// entry is enough.
func isRule(top *yaml.Node) bool {
	switch top.Kind {
	case yaml.MappingNode:
		keys := keysOf(top)
		if haveDistinct(keys) {
			return true
		}
		k, known := kindOf(top, kinds...)
		return haveUsual(keys) && (!known || k.ours)
	case yaml.SequenceNode:
		return slices.ContainsFunc(top.Content, func(n *yaml.Node) bool {
			return n.Kind == yaml.MappingNode && isRule(n) || n.Kind == yaml.ScalarNode && slices.Contains(distinctKeys, n.Value)
		})
	}
	return false
}

func keysOf(top *yaml.Node) []string {
	keys := make([]string, 0, len(top.Content)/2)
	for i := 0; i+1 < len(top.Content); i += 2 { // keys and values alternate
		keys = append(keys, top.Content[i].Value)
	}
	return keys
}

// haveDistinct tells whether one of some keys is distinct, or almost so written.
func haveDistinct(keys []string) bool {
	for _, k := range keys { // what is written right is found before the closest keys are
		if slices.Contains(distinctKeys, k) {
			return true
		}
	}
	return slices.ContainsFunc(keys, func(k string) bool { return diag.Closest(k, longKeys) != "" })
}

// haveUsual tells whether keys are those that rules, correlations and filters usually have. Other kinds of documents
// may have them, too.
func haveUsual(keys []string) bool {
	usual := map[string]bool{}
	for _, k := range keys {
		if k = strings.ToLower(k); slices.Contains(usualKeys, k) {
			usual[k] = true
		}
	}
	return len(usual) > 1 || usual["title"] && slices.Contains(keys, "query")
}

var (
	marginKey = regexp.MustCompile(`(?m)^["']?([A-Za-z_]+)["']?[ \t]*:`)
	anyKey    = regexp.MustCompile(`(?m)(?:^|[{,])[ \t-]*["']?([A-Za-z_]+)["']?[ \t]*:`)
)

// textHasRule tells the same of a text whose documents could not be read: by the keys at its margin, and by the long
// ones anywhere.
func textHasRule(data []byte) bool {
	for _, m := range anyKey.FindAllSubmatch(data, -1) {
		if slices.Contains(longKeys, string(m[1])) {
			return true
		}
	}
	var keys []string
	for _, m := range marginKey.FindAllSubmatch(data, -1) {
		keys = append(keys, string(m[1]))
	}
	return haveDistinct(keys) || haveUsual(keys)
}

// template is what a text has that a program makes YAML of: Helm's charts and Jinja's templates.
var template = regexp.MustCompile(`\{\{|\{%`)

// foreign tells whether the file has something, but none of Sigma's documents. Documents that could not be read are
// judged by their text. A text that is not YAML may be a rule that is damaged, unless it is a template of other YAML.
func (p *parser) foreign(data []byte) bool {
	switch {
	case p.ours > 0 || p.Errors() == 0:
		return false
	case p.Errors() == p.others:
		return true
	}
	return !textHasRule(data) && (!p.Broken() || template.Match(data))
}

// takes tells whether a document belongs to a collection even without a key of a rule.
func (c *collection) takes(top *yaml.Node) bool {
	action := source.Value(top, "action")
	return c.global != nil || action != nil && diag.Closest(action.Value, actions) != ""
}

// kind is a kind of document that decree reads.
type kind struct {
	what string // with its article
	keys []string
	give string // how a command is given one
	ours bool   // it is one of Sigma's
}

// kinds are told by the first key of theirs that a document has. A rule and a filter have other keys of their own, too.
var kinds = []kind{
	{"a filter", []string{"filter"}, "pass it with --filters", true},
	{"a correlation", []string{"correlation"}, "name it beside the rules that it reads; a filter has `title`, `logsource` and `filter`", true},
	{"a rule", []string{"detection"}, "name it as a rule; a filter has `title`, `logsource` and `filter`", true},
	{"a test file", []string{"cases"}, "these are tests: name their rule, or its folder", false},
	{"a data model", []string{"sources", "extends"}, "pass it with --model-file", false},
	{"a list of values", []string{"values"}, "name it under `lists:` of a rule, or pass its folder with --list-dir", false},
}

// project is told by keys that some other documents have, too, so it is asked last.
var project = kind{"a project file", []string{"rules", "filters", "lists", "targets"}, "commands read it by themselves in its folder and below", false}

// kindOf tells the kind of a document by its keys. ok is false if there is none that it knows.
func kindOf(top *yaml.Node, among ...kind) (k kind, ok bool) {
	i := slices.IndexFunc(among, func(k kind) bool {
		return slices.ContainsFunc(k.keys, func(key string) bool { _, ok := source.Find(top, key); return ok })
	})
	if i < 0 {
		return kind{}, false
	}
	return among[i], true
}

// notARule reports a document that is not one of Sigma's.
func (p *parser) notARule(top *yaml.Node, wanted string) {
	p.others++
	last, hint := project, "a rule has `title`, `logsource` and `detection`"
	if wanted == "a filter" {
		last.keys = slices.DeleteFunc(slices.Clone(last.keys), func(key string) bool { return key == "rules" }) // a filter has them, too
		hint = "a filter has `title`, `logsource` and `filter`"
	}
	if k, ok := kindOf(top, append(slices.Clone(kinds), last)...); ok {
		p.Errorf(NotARule, p.Span(top), k.give, "this is %s, not %s", k.what, wanted)
		return
	}
	p.Errorf(NotARule, p.Span(top), hint, "this is not %s: it has none of the keys of one", wanted)
}

// notAFilter reports a rule or a correlation where a filter is expected.
func (p *parser) notAFilter(top *yaml.Node) bool {
	k, ok := kindOf(top, kinds...)
	if !ok || !k.ours || k.what == "a filter" {
		return false
	}
	p.Errorf(notAFilter, p.Span(top), k.give, "this is %s, not a filter", k.what)
	return true
}

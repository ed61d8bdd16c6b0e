package parse

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"decree/rules/source"
)

// kind is a kind of document that decree reads.
type kind struct {
	what string // with its article
	keys []string
	give string // how a command is given one
	ours bool   // it is one of Sigma's
}

// NotAFilter is the code of a rule or correlation where a filter is expected.
const NotAFilter = "not-a-filter"

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

// isOther tells whether a document is of another kind than Sigma's, though it has the usual keys of these.
func isOther(top *yaml.Node) bool {
	k, ok := kindOf(top, kinds...)
	return ok && !k.ours && !haveDistinct(keysOf(top))
}

// notARule reports a document that is not one of Sigma's.
func (p *parser) notARule(top *yaml.Node, wanted string) {
	p.others++
	if k, ok := kindOf(top, append(slices.Clone(kinds), project)...); ok {
		p.Errorf(NotARule, p.Span(top), k.give, "this is %s, not %s", k.what, wanted)
		return
	}
	hint := "a rule has `title`, `logsource` and `detection`"
	if wanted == "a filter" {
		hint = "a filter has `title`, `logsource` and `filter`"
	}
	p.Errorf(NotARule, p.Span(top), hint, "this is not %s: it has none of the keys of one", wanted)
}

// notAFilter reports a rule or a correlation where a filter is expected.
func (p *parser) notAFilter(top *yaml.Node) bool {
	k, ok := kindOf(top, kinds...)
	if !ok || !k.ours || k.what == "a filter" {
		return false
	}
	p.Errorf(NotAFilter, p.Span(top), k.give, "this is %s, not a filter", k.what)
	return true
}

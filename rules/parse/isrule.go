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

// NotARule is the code of a document that has no key of a rule, a correlation or a filter.
const NotARule = "not-a-rule"

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
		return haveRule(keysOf(top)) && !isOther(top)
	case yaml.SequenceNode:
		return slices.ContainsFunc(top.Content, func(n *yaml.Node) bool {
			return n.Kind == yaml.MappingNode && isRule(n) || n.Kind == yaml.ScalarNode && slices.Contains(distinctKeys, n.Value)
		})
	}
	return false
}

func keysOf(top *yaml.Node) []string {
	var keys []string
	for _, k := range evens(top.Content) {
		keys = append(keys, k.Value)
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

// haveRule tells whether keys are those of a rule, a correlation or a filter.
func haveRule(keys []string) bool {
	if haveDistinct(keys) {
		return true
	}
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
	return haveRule(keys)
}

// foreign tells whether the file has something, but none of Sigma's documents. Documents that could not be read are
// judged by their text.
func (p *parser) foreign(data []byte) bool {
	return p.ours == 0 && p.Errors() > 0 && (p.Errors() == p.others || !textHasRule(data))
}

// takes tells whether a document belongs to a collection even without a key of a rule.
func (c *collection) takes(top *yaml.Node) bool {
	action := source.Value(top, "action")
	return c.global != nil || action != nil && diag.Closest(action.Value, actions) != ""
}

package parse

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"decree/rules/source"
)

// otherFormats are rules of other tools in YAML: the keys by which each is known, all of them together, and what to do
// with it.
var otherFormats = []struct {
	keys []string
	hint string
}{
	{[]string{"query", "queryFrequency", "triggerOperator"}, "it is an analytics rule of Sentinel: `decree import FILE` makes a rule of it"},
	{[]string{"query", "kind", "requiredDataConnectors"}, "it is a rule of Sentinel: `decree import FILE` makes a rule of it"},
	{[]string{"query", "rule_id", "risk_score"}, "it is a rule of Elastic: export it from Kibana, and `decree import` makes a rule of it"},
	{[]string{"search", "how_to_implement"}, "it is a detection of Splunk's security content: `decree import` reads savedsearches.conf"},
	{[]string{"filter", "kind", "timestamp"}, "it is a rule of Chainsaw: write its `filter` as the `detection` of a rule, with a `logsource` and the names of fields that Sigma has"},
}

// otherFormat says what to do with a document that is a rule of another tool. It is "" for all others.
func otherFormat(top *yaml.Node) string {
	has := func(key string) bool { _, ok := source.Find(top, key); return ok }
	if has("detection") || has("logsource") {
		return ""
	}
	for _, f := range otherFormats {
		if !slices.ContainsFunc(f.keys, func(key string) bool { return !has(key) }) {
			return f.hint
		}
	}
	return ""
}

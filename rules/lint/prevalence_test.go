package lint

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/parse"
)

func TestBoundsWithoutEffect(t *testing.T) {
	const never, always = "the bound can never hold", "the bound always holds"
	for written, want := range map[string]string{
		"local: {distinct: host, lt: 1}":                  "the bound can never hold: a value that was seen was seen at least once",
		"local: {distinct: host, lte: 1}":                 "",
		"local: {distinct: host, eq: 0}":                  never,
		"local: {distinct: host, gte: 1}":                 always,
		"local: {distinct: host, gt: 1}":                  "",
		"among: s, local: {distinct: host, gte: 1}":       "", // which asks whether the population has the value
		"global: {lt: 0}":                                 "the bound can never hold: the vendor's prevalence is never below 0",
		"global: {gte: 0}":                                always,
		"global: {gte: 0, default: -1}":                   "",
		"local: {distinct: host, gte: 3, lt: 3}":          "the bounds can never hold together",
		"local: {distinct: host, gt: 2, lt: 3}":           "the bounds can never hold together",
		"local: {distinct: host, lt: 1.5}":                "",
		"local: {distinct: host, eq: 1.5}":                never,
		"global: {gt: 2, lt: 3}":                          "",
		"global: {gt: 3, lte: 3}":                         "the bounds can never hold together",
		"global: {lt: 0, default: -1}":                    "", // an unknown value
		"global: {lte: 0}":                                "",
		"signer: {neq: 'a?'}":                             "signer is compared with whole texts",
		"signature: Signedvalid, certificate_valid: true": "",
		"signature: {neq: ['', Unknown]}":                 "",
		"signature: Unsined":                              `no signature has the state "Unsined"`,
	} {
		rs, found := parse.Rules("rule.yml", []byte("title: T\nlogsource: {product: windows, category: process_creation}\nprevalence:\n  p: {field: sha1, "+written+"}\ndetection:\n  s: {Image: x}\n  condition: s and p\n"), nil)
		require.False(t, found.HasErrors(), "%v", found)
		got := ""
		for _, c := range prevalenceChecks {
			for _, d := range c.of(rs[0], nil) {
				got += d.Message
			}
		}
		if want == "" {
			assert.Empty(t, got, written)
		} else {
			assert.Contains(t, got, want, written)
		}
	}
}

// TestBoundsOfFirstEvent: bounds that one event passes, and more need not, say nothing of how many come later.
func TestBoundsOfFirstEvent(t *testing.T) {
	for condition, reported := range map[string]bool{
		"lt: 5": true, "lte: 1": true, "eq: 1": true, "neq: 3": true, "gte: 1, lte: 4": true,
		"gte: 1": false, "gt: 0": false, "neq: 0": false, "gte: 5": false, "gt: 1, lt: 5": false, "neq: 1": false, "eq: 2": false, "lt: 1": false,
	} {
		for _, kind := range []string{"event_count", "value_count", "value_sum"} {
			field := map[bool]string{true: "", false: ", field: Image"}[kind == "event_count"]
			file, found := parse.Documents("rule.yml", []byte("title: T\ncorrelation: {type: "+kind+", rules: [who], timespan: 1h, condition: {"+condition+field+"}}\n"+
				"---\ntitle: W\nname: who\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: x}, condition: s}\n"), nil)
			require.False(t, found.HasErrors(), "%v", found)
			codes := codesOf(Run([]File{{Path: "rule.yml", Rules: file.Rules, Lowered: make([]*ir.Rule, len(file.Rules)), Correlations: file.Correlations}}))
			assert.Equal(t, reported && kind != "value_sum", slices.Contains(codes, "bound-of-first-event"), "%s %s", kind, condition)
		}
	}
}

// TestBoundsOfJoinsAndCorrelations: none of them may exclude every number.
func TestBoundsOfJoinsAndCorrelations(t *testing.T) {
	const who = "---\ntitle: W\nname: who\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: x}, condition: s}\n"
	const never, together = "the bound can never hold: a group has at least one event", "the bounds can never hold together"
	for written, want := range map[string]string{
		"correlation: {type: event_count, rules: [who], timespan: 1h, condition: {lte: 0}}":                                                                     never,
		"correlation: {type: event_count, rules: [who], timespan: 1h, condition: {lt: 1}}":                                                                      never,
		"correlation: {type: event_count, rules: [who], timespan: 1h, condition: {gte: 1}}":                                                                     "",
		"correlation: {type: event_count, rules: [who], timespan: 1h, condition: {gte: 5, lt: 5}}":                                                              together,
		"correlation: {type: value_count, rules: [who], timespan: 1h, condition: {field: Image, eq: 0}}":                                                        "",
		"correlation: {type: value_count, rules: [who], timespan: 1h, condition: {field: Image, lt: 0}}":                                                        "the bound can never hold: values are counted from 0 on",
		"correlation: {type: value_sum, rules: [who], timespan: 1h, condition: {field: X, lt: -3, gte: -3}}":                                                    together,
		"correlation: {type: value_sum, rules: [who], timespan: 1h, condition: {field: X, lt: -3, gte: -4}}":                                                    "",
		"correlation: {type: value_avg, rules: [who], timespan: 1h, condition: {field: X, eq: 3, neq: 3}}":                                                      together,
		"correlation: {type: temporal, rules: [who, what], timespan: 1h, condition: {gte: 3}}":                                                                  "the bound can never hold: a group has events of at least one of the rules, and at most of all",
		"correlation: {type: temporal, rules: [who, what], timespan: 1h, condition: {gte: 2}}":                                                                  "",
		"correlation: {type: temporal, rules: [who, what], timespan: 1h, condition: who and what}":                                                              "",
		"correlation: {type: temporal_ordered, rules: [who, what], timespan: 1h}":                                                                               "",
		"logsource: {product: windows}\njoins: {j: {rule: who, same: [host], before: 1h, count: {gte: 5, lte: 3}}}\ndetection: {s: {A: b}, condition: s and j}": together,
		"logsource: {product: windows}\njoins: {j: {rule: who, same: [host], before: 1h, count: {gte: 3, lte: 5}}}\ndetection: {s: {A: b}, condition: s and j}": "",
	} {
		file, found := parse.Documents("rule.yml", []byte("title: T\n"+written+"\n"+who+strings.ReplaceAll(strings.ReplaceAll(who, "who", "what"), "title: W", "title: V")), nil)
		require.False(t, found.HasErrors(), "%v", found)
		got := ""
		for _, d := range Run([]File{{Path: "rule.yml", Rules: file.Rules, Lowered: make([]*ir.Rule, len(file.Rules)), Correlations: file.Correlations}}) {
			if d.Code == "bound-without-effect" {
				got += d.Message
			}
		}
		assert.Equal(t, want, got, written)
	}
}

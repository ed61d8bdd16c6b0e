package parse_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/parse"
)

func codesOf(found diag.Diagnostics) []string {
	var codes []string
	for _, d := range found {
		codes = append(codes, d.Code)
	}
	return codes
}

func TestCorrelations(t *testing.T) {
	cases := []struct {
		name, text string
		codes      []string
	}{
		{"event_count", "{type: event_count, rules: [a], group-by: [User], timespan: 1h, condition: {gte: 10}}", nil},
		{"a range", "{type: event_count, rules: a, group-by: User, timespan: 1h, condition: {gt: 10, lte: 20}}", nil},
		{"not grouped", "{type: event_count, rules: a, timespan: 30s, condition: {neq: 1}}", nil},
		{"value_count", "{type: value_count, rules: [a], timespan: 1d, condition: {field: User, eq: 3}}", nil},
		{"value_count of tuples", "{type: value_count, rules: [a], timespan: 1w, condition: {field: [User, Host], gte: 3}}", nil},
		{"value_percentile", "{type: value_percentile, rules: [a], timespan: 5m, condition: {field: Size, percentile: 95, gte: 3.5}}", nil},
		{"temporal", "{type: temporal, rules: [a, b], group-by: [User], timespan: 5m}", nil},
		{"temporal with a number", "{type: temporal, rules: [a, b, c], timespan: 5m, condition: {gte: 2}}", nil},
		{"temporal with a text", "{type: temporal, rules: [a, b, c], timespan: 5m, condition: a and (b or not c)}", nil},
		{"temporal_ordered", "{type: temporal_ordered, rules: [a, b], timespan: 5m, condition: a AND b}", nil},
		{"temporal_ordered with their number", "{type: temporal_ordered, rules: [a, b], timespan: 5m, condition: {gte: 2}}", nil},
		{"aliases", "{type: temporal, rules: [a, b], group-by: ip, timespan: 5m, aliases: {ip: {a: SourceIp, b: DestinationIp}}}", nil},

		{"a type in capitals", "{type: Event_Count, rules: [a], timespan: 5m, condition: {gte: 2}}", []string{"capital-letters"}},
		{"months", "{type: event_count, rules: [a], timespan: 2M, condition: {gte: 2}}", nil},
		{"years", "{type: event_count, rules: [a], timespan: 1y, condition: {gte: 2}}", nil},
		{"keys without a value", "{type: event_count, rules: [a], timespan: 5m, condition: {gte: 2}, group-by: , aliases: , generate: }", nil},
		{"rules that the condition names", "{type: temporal, timespan: 5m, condition: a and not (b or c)}", []string{"correlation-without-rules"}},
		{"an order that the condition names", "{type: temporal_ordered, rules: [], timespan: 5m, condition: a and b}", []string{"correlation-without-rules"}},
		{"a pattern without rules", "{type: temporal, timespan: 5m, condition: 1 of a*}", []string{"correlation-without-rules", "undefined-name"}},
		{"generate as YAML 1.1 writes it", "{type: temporal, rules: [a, b], timespan: 5m, generate: yes}", []string{"truth-word"}},
		{"too many years", "{type: event_count, rules: [a], timespan: 999y, condition: {gte: 2}}", []string{"invalid-duration"}},

		{"no type", "{rules: [a], timespan: 5m, condition: {gte: 2}}", []string{"missing-type"}},
		{"an unknown type", "{type: event_cuont, rules: [a], timespan: 5m, condition: {gte: 2}}", []string{"invalid-correlation-type"}},
		{"no rules", "{type: event_count, timespan: 5m, condition: {gte: 2}}", []string{"missing-rules"}},
		{"empty rules", "{type: event_count, rules: [], timespan: 5m, condition: {gte: 2}}", []string{"missing-rules"}},
		{"a rule twice", "{type: event_count, rules: [a, A], timespan: 5m, condition: {gte: 2}}", []string{"duplicate-name"}},
		{"no timespan", "{type: event_count, rules: [a], condition: {gte: 2}}", []string{"missing-timespan"}},
		{"a timespan of nothing", "{type: event_count, rules: [a], timespan: 0m, condition: {gte: 2}}", []string{"invalid-duration"}},
		{"a timespan without unit", "{type: event_count, rules: [a], timespan: 10, condition: {gte: 2}}", []string{"invalid-duration"}},
		{"no condition", "{type: event_count, rules: [a], timespan: 5m}", []string{"missing-condition"}},
		{"no bound", "{type: event_count, rules: [a], timespan: 5m, condition: {}}", []string{"missing-bound"}},
		{"no number", "{type: event_count, rules: [a], timespan: 5m, condition: {gte: ten}}", []string{"invalid-number"}},
		{"an unknown bound", "{type: event_count, rules: [a], timespan: 5m, condition: {get: 10}}", []string{"missing-bound", "unknown-key"}},
		{"a text for a count", "{type: event_count, rules: [a], timespan: 5m, condition: a}", []string{"wrong-type"}},
		{"a field of no use", "{type: event_count, rules: [a], timespan: 5m, condition: {gte: 2, field: User}}", []string{"unused-key"}},
		{"no field", "{type: value_count, rules: [a], timespan: 5m, condition: {gte: 2}}", []string{"missing-field"}},
		{"a sum of two fields", "{type: value_sum, rules: [a], timespan: 5m, condition: {gte: 2, field: [a, b]}}", []string{"too-many-fields"}},
		{"no percentile", "{type: value_percentile, rules: [a], timespan: 5m, condition: {gte: 2, field: a}}", []string{"missing-percentile"}},
		{"a percentile that is none", "{type: value_percentile, rules: [a], timespan: 5m, condition: {gte: 2, field: a, percentile: 101}}", []string{"invalid-number"}},
		{"an unnamed rule in the condition", "{type: temporal, rules: [alpha, b], timespan: 5m, condition: alhpa and b}", []string{"undefined-name"}},
		{"an order with or", "{type: temporal_ordered, rules: [a, b], timespan: 5m, condition: a or b}", []string{"ordered-condition"}},
		{"an order of some", "{type: temporal_ordered, rules: [a, b], timespan: 5m, condition: {gte: 1}}", []string{"ordered-condition"}},
		{"an unknown key", "{type: temporal, rules: [a, b], timespan: 5m, groupby: [User]}", []string{"unknown-key"}},
		{"a field twice", "{type: temporal, rules: [a, b], timespan: 5m, group-by: [User, User]}", []string{"duplicate-name"}},
		{"generate that is not a flag", "{type: temporal, rules: [a, b], timespan: 5m, generate: often}", []string{"wrong-type"}},
		{"a text", "x", []string{"wrong-type"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			read, found := parse.Documents("rule.yml", []byte("title: T\nname: t\nlevel: high\ncorrelation: "+c.text+"\n"), nil)
			assert.Equal(t, c.codes, codesOf(found))
			assert.Equal(t, !found.HasErrors(), len(read.Correlations) == 1)
		})
	}
	read, _ := parse.Documents("rule.yml", []byte("title: T\ncorrelation: {type: temporal, timespan: 5m, condition: b and not (a or b)}\n"), nil)
	require.Len(t, read.Correlations, 1)
	require.Len(t, read.Correlations[0].Inputs, 2)
	assert.Equal(t, "b", read.Correlations[0].Inputs[0].Text)
	read, _ = parse.Documents("rule.yml", []byte("title: T\ncorrelation: {type: value_percentile, rules: [a], timespan: 1M, condition: {gte: 2, field: x}}\n"), nil)
	assert.InDelta(t, 50, read.Correlations[0].Percentile, 0)
	assert.Equal(t, 2_629_746*time.Second, read.Correlations[0].Timespan)
	_, found := parse.Documents("rule.yml", []byte("correlation: {type: temporal, rules: [a], timespan: 5m}\nlogsource: {product: windows}\n"), nil)
	assert.Equal(t, []string{"missing-title", "correlation-detection"}, codesOf(found))
}

func TestCorrelationIsRead(t *testing.T) {
	read, found := parse.Documents("rule.yml", []byte(`title: T
generate: true
correlation:
  type: value_count
  rules: [a, b]
  group-by: [ip]
  timespan: 90m
  aliases: {ip: {a: SourceIp}}
  condition: {gt: 1, lte: 5, field: [User, Host]}
`), nil)
	require.Empty(t, found)
	c := read.Correlations[0]
	assert.Equal(t, rules.ValueCount, c.Type)
	assert.Equal(t, 90*time.Minute, c.Timespan)
	assert.True(t, c.Generate)
	assert.Equal(t, []string{"gt 1", "lte 5"}, []string{c.Bounds[0].Op + " 1", c.Bounds[1].Op + " 5"})
	assert.Equal(t, []float64{1, 5}, []float64{c.Bounds[0].Value, c.Bounds[1].Value})
	assert.Equal(t, "Host", c.Fields[1].Name)
	assert.Equal(t, "SourceIp", c.FieldOf("ip", 0))
	assert.Equal(t, "ip", c.FieldOf("ip", 1), "an input that the alias does not name has the field itself")
	assert.Equal(t, "User", c.FieldOf("User", 0))
}

const linkedFile = `title: A
name: a
id: 00000000-0000-0000-0000-00000000000a
logsource: {product: windows}
detection: {s: {F: x}, condition: s}
---
title: B
name: b
logsource: {product: windows}
detection: {s: {F: y}, condition: s}
`

func TestLink(t *testing.T) {
	const count = "type: event_count, timespan: 1h, condition: {gte: 2}, "
	cases := []struct {
		name  string
		texts []string // of the files beside linkedFile
		codes []string
		want  string // the titles of those that are linked, in order
	}{
		{"by name and id", []string{"title: C\ncorrelation: {" + count + "rules: [b, 00000000-0000-0000-0000-00000000000A]}"}, nil, "C"},
		{"a chain, the last first", []string{"title: C\ncorrelation: {" + count + "rules: [d]}\n---\ntitle: D\nname: d\ncorrelation: {" + count + "rules: [a]}"}, nil, "D C"},
		{"of another file", []string{"title: C\ncorrelation: {" + count + "rules: [d]}", "title: D\nname: d\ncorrelation: {" + count + "rules: [a]}"}, nil, "D C"},
		{"unknown", []string{"title: C\ncorrelation: {" + count + "rules: [aa]}"}, []string{"unknown-rule"}, ""},
		{"on what is broken", []string{"title: C\ncorrelation: {" + count + "rules: [d]}\n---\ntitle: D\nname: d\ncorrelation: {" + count + "rules: [zzz]}"}, []string{"unknown-rule"}, ""},
		{"a circle", []string{"title: C\nname: c\ncorrelation: {" + count + "rules: [d]}\n---\ntitle: D\nname: d\ncorrelation: {" + count + "rules: [c]}"}, []string{"correlation-cycle"}, ""},
		{"itself", []string{"title: C\nname: c\ncorrelation: {" + count + "rules: [c]}"}, []string{"correlation-cycle"}, ""},
		{"the name of its own file first", []string{strings.ReplaceAll(linkedFile, "00a", "00b") + "---\ntitle: C\ncorrelation: {" + count + "rules: [b]}"}, nil, "C"},
		{"two of the name elsewhere", []string{strings.ReplaceAll(linkedFile, "00a", "00b"), "title: C\ncorrelation: {" + count + "rules: [b]}"}, []string{"ambiguous-rule"}, ""},
		{"an alias for nobody", []string{"title: C\ncorrelation: {" + count + "rules: [a], group-by: ip, aliases: {ip: {bb: x}}}"}, []string{"unknown-rule"}, ""},
		{"an alias that nothing uses", []string{"title: C\ncorrelation: {" + count + "rules: [a], aliases: {ip: {a: x}}}"}, []string{"unused-alias"}, "C"},
		{"an unused alias of what another reads", []string{"title: C\ncorrelation: {" + count + "rules: [d]}\n---\ntitle: D\nname: d\ncorrelation: {" + count + "rules: [a], aliases: {ip: {a: x}}}"}, []string{"unused-alias"}, "D C"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var all parse.File
			for i, text := range append([]string{linkedFile}, c.texts...) {
				read, found := parse.Documents(string(rune('0'+i))+".yml", []byte(text), nil)
				require.Empty(t, found)
				all.Rules = append(all.Rules, read.Rules...)
				all.Correlations = append(all.Correlations, read.Correlations...)
			}
			linked, found := parse.Link(all.Rules, all.Correlations)
			assert.Equal(t, c.codes, codesOf(found))
			var titles []string
			for _, l := range linked {
				titles = append(titles, l.Body.Title)
				for _, in := range l.Inputs {
					assert.True(t, (in.Rule != nil) != (in.Correlation != nil), "one of them is set")
				}
			}
			assert.Equal(t, c.want, strings.Join(titles, " "))
			for _, correlation := range all.Correlations {
				assertEnds(t, correlation, len(all.Correlations))
			}
		})
	}
}

// TestHintsAtUnknownRules: a name close to the one that is written goes before a rule that has none.
func TestHintsAtUnknownRules(t *testing.T) {
	const nameless = "title: N\nlogsource: {product: windows}\ndetection: {s: {F: x}, condition: s}\n---\n"
	for written, hint := range map[string]string{
		"failed_logn": "did you mean `failed_logon`?",
		"sign_ins":    `"N" in rule.yml has no name: if it is meant, add ` + "`name: sign_ins` to it",
	} {
		read, found := parse.Documents("rule.yml", []byte(nameless+strings.ReplaceAll(linkedFile, "name: b", "name: failed_logon")+
			"---\ntitle: C\ncorrelation: {type: event_count, timespan: 1h, condition: {gte: 2}, rules: ["+written+"]}\n"), nil)
		require.Empty(t, found)
		_, found = parse.Link(read.Rules, read.Correlations)
		require.Len(t, found, 1)
		assert.Equal(t, hint, found[0].Hint)
	}
}

// assertEnds checks that following the inputs of a correlation comes to an end.
func assertEnds(t *testing.T, c *rules.Correlation, left int) {
	if left < 0 {
		require.Fail(t, "the correlation leads back to itself", c.Body.Title)
	}
	for _, in := range c.Inputs {
		if in.Correlation != nil {
			assertEnds(t, in.Correlation, left-1)
		}
	}
}

func TestLongChainsOfCorrelations(t *testing.T) {
	var b strings.Builder
	b.WriteString(linkedFile)
	for i := range 100 {
		b.WriteString("---\ntitle: C\nname: " + name(i) + "\ncorrelation: {type: event_count, timespan: 1h, condition: {gte: 2}, rules: [" + name(i+1) + "]}\n")
	}
	b.WriteString("---\ntitle: C\nname: " + name(100) + "\ncorrelation: {type: event_count, timespan: 1h, condition: {gte: 2}, rules: [a]}\n")
	read, found := parse.Documents("rule.yml", []byte(b.String()), nil)
	require.Empty(t, found)
	_, found = parse.Link(read.Rules, read.Correlations)
	assert.Contains(t, codesOf(found), "correlation-chain")
}

// TestLongCirclesOfCorrelations: what follows the inputs of a correlation ends, also where a circle is longer than a
// chain may be.
func TestLongCirclesOfCorrelations(t *testing.T) {
	for _, length := range []int{2, 19, 20, 21, 22, 25, 50} {
		var b strings.Builder
		for i := range length {
			b.WriteString("---\ntitle: C\nname: " + name(i) + "\ncorrelation: {type: event_count, timespan: 1h, condition: {gte: 2}, rules: [" + name((i+1)%length) + "]}\n")
		}
		read, found := parse.Documents("rule.yml", []byte(b.String()), nil)
		require.Empty(t, found)
		_, found = parse.Link(read.Rules, read.Correlations)
		assert.NotEmpty(t, found, length)
		for _, c := range read.Correlations {
			assertEnds(t, c, length)
		}
	}
}

func name(i int) string { return "c" + strings.Repeat("x", i) }

// TestMisplacedKeysOfCorrelations holds the hints for keys that other tools, older rules or a slip of the indentation
// put below `correlation`.
func TestMisplacedKeysOfCorrelations(t *testing.T) {
	for key, hint := range map[string]string{
		"field: User":     "move it below `condition`, as in `condition: {field: User, gte: 3}`",
		"percentile: 95":  "move it below `condition`, as in `condition: {field: Size, percentile: 95, gte: 3}`",
		"gte: 10":         "move it below `condition`, as in `condition: {gte: 3}`",
		"timeframe: 5m":   "write `timespan`",
		"level: high":     "write it at the left margin, beside `correlation`",
		"groupby: [User]": "did you mean `group-by`?",
	} {
		_, found := parse.Documents("rule.yml", []byte("title: T\nname: t\nlevel: high\ncorrelation: {type: event_count, rules: [a], timespan: 5m, condition: {gte: 2}, "+key+"}\n"), nil)
		require.Len(t, found, 1, key)
		assert.Equal(t, hint, found[0].Hint, key)
	}
}

// TestTypesOfCorrelationsByOtherNames are told by the name that means the same, not by one that is spelled nearly so.
func TestTypesOfCorrelationsByOtherNames(t *testing.T) {
	for name, hint := range map[string]string{
		"temporal_extended":         "write `temporal`: its condition may be a text",
		"temporal_ordered_extended": "write `temporal_ordered`: its condition may be a text",
		"ordered_temporal":          "did you mean `temporal_ordered`?",
	} {
		_, found := parse.Documents("rule.yml", []byte("title: T\nlevel: high\ncorrelation: {type: "+name+", rules: [a, b], timespan: 5m, condition: a and b}\n"), nil)
		require.Len(t, found, 1, name)
		assert.Equal(t, "invalid-correlation-type", found[0].Code)
		assert.Equal(t, hint, found[0].Hint, name)
	}
}

// TestCorrelationsOfOtherForms are told where their keys belong.
func TestCorrelationsOfOtherForms(t *testing.T) {
	for text, want := range map[string]string{
		"title: T\ncorrelation: with the logon of the same id\nlogsource: {product: windows}\ndetection: {s: {a: b}, condition: s}\n": "give the key another name, such as `correlation_notes`",
		"title: T\nlevel: high\naction: correlation\ntype: temporal\nrule: [a]\ntimespan: 1h\n":                                       "put `type`, `rules`, `group-by`, `timespan` and `condition` below `correlation:`, and remove `action`",
	} {
		read, found := parse.Documents("rule.yml", []byte(text), nil)
		assert.Empty(t, read.Correlations)
		require.Len(t, found, 1, "%s", found)
		assert.Equal(t, want, found[0].Hint)
	}
	_, found := parse.Documents("rule.yml", []byte("title: T\nlevel: high\ntags: [attack.t1110]\ntype: correlation\nrule: a\ngroup-by: [b]\ntimespan: 10m\ncondition: {gte: 5}\n"), nil)
	require.Contains(t, codesOf(found), "missing-detection")
	for _, d := range found {
		assert.Equal(t, "for a correlation, put `type`, `rules`, `group-by`, `timespan` and `condition` below `correlation:`", d.Hint, d.Code)
	}
}

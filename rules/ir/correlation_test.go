package ir_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/ir"
	"decree/rules/parse"
)

// correlationsOf lowers a file with two rules, a and b, and what follows them.
func correlationsOf(t *testing.T, text string) []*ir.Correlation {
	t.Helper()
	const inputs = "title: A\nname: a\nlogsource: {product: windows}\ndetection: {s: {F: x}, condition: s}\n---\ntitle: B\nname: b\nlogsource: {product: windows}\ndetection: {s: {F: y}, condition: s}\n---\n"
	read, found := parse.Documents("rule.yml", []byte(inputs+text), nil)
	require.Empty(t, found)
	linked, found := parse.Link(read.Rules, read.Correlations)
	require.Empty(t, found)
	lowered := map[*rules.Rule]*ir.Rule{}
	for _, r := range read.Rules {
		lowered[r], found = ir.Lower(r)
		require.Empty(t, found)
	}
	out, found := ir.LowerCorrelations(linked, lowered)
	require.Empty(t, found)
	return out
}

func TestLowerCorrelations(t *testing.T) {
	cs := correlationsOf(t, `title: C
correlation:
  type: temporal
  rules: [d, b]
  group-by: [User, who]
  aliases: {who: {b: ParentImage}}
  timespan: 1h
  condition: d and not b
---
title: D
name: d
correlation: {type: event_count, rules: [a], timespan: 1h, group-by: [User], condition: {gte: 2}}
`)
	require.Len(t, cs, 2)
	d, c := cs[0], cs[1]
	assert.Equal(t, "a", d.Inputs[0].Rule.Source.Name)
	assert.Nil(t, d.Condition)
	assert.Equal(t, float64(2), d.Bounds[0].Value)
	assert.Same(t, d, c.Inputs[0].Correlation)
	assert.Equal(t, []ir.Field{{Name: "User"}, {Name: "User"}}, c.GroupBy[0].Fields)
	assert.Equal(t, []ir.Field{{Name: "who"}, {Name: "Image", Level: 1}}, c.GroupBy[1].Fields)
	and := c.Condition.(*ir.And)
	assert.Equal(t, 0, and.Terms[0].(*ir.Occurred).Input)
	assert.Equal(t, 1, and.Terms[1].(*ir.Not).Term.(*ir.Occurred).Input)
}

func TestOccurrences(t *testing.T) {
	const head = "title: C\ncorrelation: {timespan: 1h, rules: [a, b], type: "
	cases := []struct{ text, want string }{
		{"temporal}", "all"},
		{"temporal_ordered}", "all"},
		{"temporal, condition: all of them}", "all"},
		{"temporal, condition: 1 of them}", "one"},
		{"temporal, condition: {gte: 1}}", "none"},
		{"event_count, condition: {gte: 1}}", "none"},
	}
	for _, c := range cases {
		got := "none"
		switch correlationsOf(t, head+c.text)[0].Condition.(type) {
		case *ir.And:
			got = "all"
		case *ir.Or:
			got = "one"
		}
		assert.Equal(t, c.want, got, c.text)
	}
}

func TestCorrelationOfRuleWithErrors(t *testing.T) {
	read, found := parse.Documents("rule.yml", []byte("title: A\nname: a\nlogsource: {product: windows}\ndetection: {s: {F: x}, condition: s}\n---\ntitle: C\ncorrelation: {type: temporal, rules: [a], timespan: 1h}\n"), nil)
	require.Empty(t, found)
	linked, _ := parse.Link(read.Rules, read.Correlations)
	out, found := ir.LowerCorrelations(linked, nil)
	assert.Empty(t, out)
	require.Len(t, found, 1)
	assert.Equal(t, "unreadable-input", found[0].Code)
}

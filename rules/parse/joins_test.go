package parse_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/parse"
)

// TestLinkJoins finds the rules that joins name, and says which cannot be joined.
func TestLinkJoins(t *testing.T) {
	rule := func(name, to string) string {
		text := "title: " + name + "\nname: " + name + "\nlogsource: {product: windows}\n"
		if to != "" {
			text += "joins: {j: {rule: " + to + ", same: [host], before: 1h}}\n"
		}
		return text + "detection: {s: {a: b}, condition: s}\n"
	}
	for _, c := range []struct {
		name   string
		rules  []string
		codes  string
		failed int
	}{
		{"no joins", []string{rule("a", "")}, "", 0},
		{"a chain", []string{rule("a", "b"), rule("b", "c"), rule("c", "")}, "", 0},
		{"an unknown rule", []string{rule("a", "b"), rule("c", "a")}, "unknown-rule", 2},
		{"itself", []string{rule("a", "a")}, "join-cycle", 1},
		{"each other", []string{rule("a", "b"), rule("b", "a"), rule("c", "b")}, "join-cycle", 3},
		{"two of a name", []string{rule("a", "b"), rule("b", ""), rule("b", "")}, "ambiguous-rule", 1},
		{"a correlation", []string{rule("a", "c"), rule("b", ""), "title: C\nname: c\ncorrelation: {type: event_count, rules: [b], timespan: 1h, condition: {gte: 2}}\n"}, "joined-correlation", 1},
		{"prevalence", []string{rule("a", "b"), strings.Replace(rule("b", ""), "detection:", "prevalence: {p: {field: sha1, local: {distinct: host, lte: 2}}}\ndetection:", 1)}, "joined-prevalence", 1},
	} {
		file, found := parse.Documents("rules.yml", []byte(strings.Join(c.rules, "---\n")), nil)
		require.Empty(t, found, c.name)
		failed, found := parse.LinkJoins(file.Rules, file.Correlations)
		assert.Equal(t, c.codes, strings.Join(codesOf(found), " "), c.name)
		assert.Len(t, failed, c.failed, c.name)
		for _, d := range found {
			assert.Equal(t, "rules.yml", d.Range.File, c.name)
			assert.Positive(t, d.Range.Start.Line, c.name)
		}
		if c.name == "a chain" {
			assert.Same(t, file.Rules[1], file.Rules[0].Joins[0].Other)
		}
	}
	var long []string
	for i := range 30 {
		long = append(long, rule(strings.Repeat("x", i+1), strings.Repeat("x", i+2)))
	}
	file, _ := parse.Documents("rules.yml", []byte(strings.Join(append(long, rule(strings.Repeat("x", 31), "")), "---\n")), nil)
	failed, found := parse.LinkJoins(file.Rules, nil)
	assert.Equal(t, []string{"join-chain"}, codesOf(found))
	assert.NotEmpty(t, failed)
}

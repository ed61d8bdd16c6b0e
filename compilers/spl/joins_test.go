package spl

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

// TestJoins: the period that is searched, what the search says beside it, and what cannot be written.
func TestJoins(t *testing.T) {
	for _, c := range []struct {
		name, model, head, joins, condition string
		parts                               []string
		code                                string
		reach                               time.Duration
	}{
		{"before", "splunk-windows", "schedule: {every: 1h, lookback: 2h}\n", "{rule: o, same: [host], before: 10m}", "s and j",
			[]string{"earliest=-130m latest=now", `where _time>=relative_time(now(), "-2h") AND _time<=now()`, "where decree_join_1=1"}, "", 10 * time.Minute},
		{"after", "splunk-windows", "schedule: {every: 1h, lookback: 2h}\n", "{rule: o, same: [host], after: 10m}", "s and not j",
			[]string{"earliest=-130m latest=now", `where _time>=relative_time(now(), "-130m") AND _time<=relative_time(now(), "-10m")`, "where NOT decree_join_1=1"}, "", 10 * time.Minute},
		{"different values", "splunk-windows", "", "{rule: o, same: [host], before: 10m, count: {distinct: User, gte: 2}}", "s and j", []string{"accum decree_enter AS decree_open", "decree_near>=2"}, "", 10 * time.Minute},
		{"of a rule with joins", "splunk-windows", "", "{rule: n, same: [host], before: 10m}", "s and j", nil, "join-nested", 0},
		{"beside prevalence", "splunk-windows", "prevalence: {p: {field: sha1, local: {distinct: host, lte: 2}}}\n", "{rule: o, same: [host], before: 10m}", "s and j and p", nil, "join-prevalence", 0},
		{"above the parent", "splunk-windows", "ancestry: {p: {grandparent: {Image: x}}}\n", "{rule: o, same: [host], before: 10m}", "s and j and p", nil, "join-ancestor", 0},
		{"summaries", "cim", "", "{rule: o, same: [host], before: 10m}", "s and j", nil, "join-data-model", 0},
	} {
		rs := lowered.Rules(t, "title: T\nlogsource: {product: windows, category: process_creation}\n"+c.head+"joins: {j: "+c.joins+"}\ndetection: {s: {CommandLine: x}, condition: "+c.condition+"}\n"+
			"---\ntitle: O\nname: o\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine: z}, condition: s}\n"+
			"---\ntitle: N\nname: n\nlogsource: {product: windows, category: process_creation}\njoins: {o: {rule: o, same: [host], before: 1h}}\ndetection: {s: {CommandLine: n}, condition: s and o}\n")
		q, found := New().Compile(rs[0], compilers.Options{Model: lowered.Model(t, c.model), Approximate: []string{"all"}})
		if c.code != "" {
			assert.Nil(t, q, c.name)
			require.NotEmpty(t, found, c.name)
			assert.Equal(t, c.code, found[0].Code, c.name)
			continue
		}
		require.Empty(t, found, c.name)
		for _, part := range c.parts {
			assert.Contains(t, q.Text, part, c.name)
		}
		assert.Equal(t, c.reach, q.Result.Reach, c.name)
		assert.True(t, q.Result.Combines && q.Result.Whole)
	}
	_, cs := lowered.Correlations(t, "title: N\nname: n\nlogsource: {product: windows, category: process_creation}\njoins: {o: {rule: o, same: [host], before: 1h}}\ndetection: {s: {CommandLine: n}, condition: s and o}\n---\n"+
		"title: O\nname: o\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine: z}, condition: s}\n---\ntitle: C\ncorrelation: {type: event_count, rules: [n], timespan: 1h, condition: {gte: 2}}\n")
	_, found := New().CompileCorrelation(cs[0], compilers.Options{Model: lowered.Model(t, "splunk-windows")})
	require.NotEmpty(t, found)
	assert.Equal(t, "correlation-join", found[0].Code)
}

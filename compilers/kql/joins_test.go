package kql

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

const otherRules = "---\ntitle: O\nname: o\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine: z}, condition: s}\n" +
	"---\ntitle: N\nname: n\nlogsource: {product: windows, category: network_connection}\njoins: {o: {rule: o, same: [host], before: 1h, after: 2m}}\ndetection: {s: {DestinationPort: 443}, condition: s and o}\n"

// TestJoins: the period that is searched, what the query says beside it, and joins beside prevalence and of rules with
// joins.
func TestJoins(t *testing.T) {
	for _, c := range []struct {
		name, head, joins, condition string
		parts                        []string
		notes                        []string
		reach                        time.Duration
	}{
		{"without a schedule", "", "{rule: o, same: [host], before: 10m}", "s and j", []string{"join kind=leftouter (j | project", "where isnotnull(Joined_j)"}, []string{"join-period"}, 10 * time.Minute},
		{"before", "schedule: {every: 1h, lookback: 2h}\n", "{rule: o, same: [host], before: 10m}", "s and j", []string{"ingestion_time() >= ago(timeframe)", "| where Timestamp >= oldest - 10m"}, nil, 10 * time.Minute},
		{"after", "schedule: {every: 1h, lookback: 2h}\n", "{rule: o, same: [host], after: 10m}", "s and not j",
			[]string{"ingestion_time() >= ago(timeframe + 10m)", "ingestion_time() <= ago(10m)", "not(isnotnull(Joined_j))"}, []string{"join-arrival"}, 10 * time.Minute},
		{"of a rule with joins", "schedule: {every: 1h, lookback: 2h}\n", "{rule: n, same: [host], before: 10m, after: 1m}", "s and j",
			[]string{"ago(timeframe + 3m)", "Timestamp >= oldest - 10m", "Timestamp >= oldest_ - 1h", "ingestion_time() <= ago(3m)"}, []string{"join-arrival", "join-arrival"}, 73 * time.Minute},
		{"beside prevalence", "schedule: {every: 1h, lookback: 2h}\nprevalence: {p: {field: sha1, local: {distinct: host, lte: 2}}}\n", "{rule: o, same: [host], before: 10m}", "s and j and p",
			[]string{"let candidates = materialize(", "project-away"}, nil, 10 * time.Minute},
	} {
		rs := lowered.Rules(t, "title: T\nlogsource: {product: windows, category: process_creation}\n"+c.head+"joins: {j: "+c.joins+"}\ndetection: {s: {CommandLine: x}, condition: "+c.condition+"}\n"+otherRules)
		q, found := New().Compile(rs[0], compilers.Options{Model: lowered.Model(t, "mde")})
		require.Empty(t, found, c.name)
		for _, part := range c.parts {
			assert.Contains(t, q.Text, part, c.name)
		}
		var codes []string
		for _, n := range q.Notes {
			codes = append(codes, n.Code)
		}
		assert.Equal(t, c.notes, codes, c.name)
		assert.Equal(t, c.reach, q.Result.Reach, c.name)
		assert.True(t, q.Result.Combines)
		assert.NotContains(t, q.Text[strings.LastIndex(q.Text, "| project-away"):], "| where", c.name)
	}
}

// TestEventsThatArriveLate: what they join is read from as long before their own time as the join looks back, whenever
// it arrived.
func TestEventsThatArriveLate(t *testing.T) {
	const process = "title: T\nlogsource: {product: windows, category: process_creation}\nschedule: {every: 1h, lookback: 2h}\n"
	for text, back := range map[string]string{
		process + "joins: {j: {rule: o, same: [host], before: 10m}}\ndetection: {s: {CommandLine: x}, condition: s and j}\n" + otherRules: "10m",
		process + "first_seen: {f: {fields: [host, Image], over: 7d}}\ndetection: {s: {CommandLine: x}, condition: s and f}\n":            "7d",
	} {
		q, found := New().Compile(lowered.Rules(t, text)[0], compilers.Options{Model: lowered.Model(t, "mde")})
		require.Empty(t, found, text)
		assert.Empty(t, q.Notes)
		assert.Contains(t, q.Text, ");\nlet oldest = toscalar(candidates | summarize min(Timestamp));\n")
		assert.Contains(t, q.Text, "| where Timestamp >= oldest - "+back+"\n")
		assert.Equal(t, 1, strings.Count(q.Text, "ingestion_time()"))
	}
}

// TestJoinsThatCannotBeWritten names what is missing, at its place.
func TestJoinsThatCannotBeWritten(t *testing.T) {
	for joins, code := range map[string]string{
		"{rule: o, same: {host: QueryName}, before: 10m}":                           "join-field",
		"{rule: o, same: [QueryName], before: 10m}":                                 "join-field",
		"{rule: o, same: [host], before: 10m, count: {distinct: QueryName, gt: 2}}": "join-field",
		"{rule: e, same: {host: Made}, before: 10m}":                                "no-translation",
		"{rule: e, same: [host], before: 10m, count: {distinct: Made, gt: 2}}":      "no-translation",
	} {
		rs := lowered.Rules(t, "title: T\nlogsource: {product: windows, category: process_creation}\njoins: {j: "+joins+"}\ndetection: {s: {CommandLine: x}, condition: s and j}\n"+otherRules+
			"---\ntitle: E\nname: e\nlogsource: {product: windows, category: process_creation}\nextract: {Made: {field: User, lower: true}}\ndetection: {s: {CommandLine: x}, condition: s}\n")
		q, found := New().Compile(rs[0], compilers.Options{Model: lowered.Model(t, "mde")})
		assert.Nil(t, q, joins)
		require.NotEmpty(t, found, joins)
		assert.Equal(t, code, found[0].Code, joins)
		assert.Positive(t, found[0].Range.Start.Line, joins)
	}
	_, cs := lowered.Correlations(t, strings.TrimPrefix(otherRules, "---\n")+"---\ntitle: C\ncorrelation: {type: event_count, rules: [n], timespan: 1h, condition: {gte: 2}}\n")
	_, found := New().CompileCorrelation(cs[0], compilers.Options{Model: lowered.Model(t, "mde")})
	require.NotEmpty(t, found)
	assert.Equal(t, "correlation-join", found[0].Code)
}

package correlate_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/correlate"
	"decree/engine/enginetest"
	"decree/tests/fixture/lowered"
)

const logons = `---
title: Failed
name: failed
logsource: {category: process_creation, product: windows}
detection: {s: {CommandLine|contains: fail}, condition: s}
---
title: Done
name: done
logsource: {category: process_creation, product: windows}
detection: {s: {CommandLine|contains: done}, condition: s}
`

// progress runs a correlation on events and says how near it came.
func progress(t *testing.T, body string, commands ...string) (correlate.Progress, []engine.Result) {
	t.Helper()
	rs, cs := lowered.Correlations(t, "title: T\ncorrelation: {timespan: 10m, group-by: [host], "+body+"}\n"+logons)
	e, found := engine.New(rs, engine.Options{Model: lowered.Model(t, "mde"), Correlations: cs, Observe: true})
	require.Empty(t, found)
	var lines []string
	for i, command := range commands {
		lines = append(lines, enginetest.DefenderProcess(i+1, fmt.Sprintf("10:%02d:00", i), "h", "x", command))
	}
	enginetest.Add(t, e, lines...)
	results, _, err := e.Finish()
	require.NoError(t, err)
	require.Len(t, e.Progress(), 1)
	return e.Progress()[0], results
}

// TestProgress: of each type, what a window that matched had, and what one lacked that did not.
func TestProgress(t *testing.T) {
	for _, c := range []struct {
		body     string
		commands []string
		matches  int
		value    float64
		lacking  []string
	}{
		{"type: event_count, rules: [failed], condition: {gte: 3}", []string{"fail", "fail"}, 0, 2, nil},
		{"type: event_count, rules: [failed], condition: {gte: 2}", []string{"fail", "fail", "fail"}, 2, 2, nil},
		{"type: temporal, rules: [failed, done]", []string{"fail"}, 0, 1, []string{"done"}},
		{"type: temporal, rules: [failed, done]", []string{"fail", "done"}, 1, 2, nil},
		{"type: temporal_ordered, rules: [failed, done]", []string{"done", "fail"}, 0, 1, []string{"done"}},
		{"type: temporal, rules: [failed, done], condition: failed and not done", []string{"done"}, 0, 1, []string{"failed"}},
		{"type: value_avg, rules: [failed], condition: {field: ProcessId, gte: 0}", []string{"fail", "fail"}, 0, 0, nil},
	} {
		p, results := progress(t, c.body, c.commands...)
		require.Len(t, p.Groups, 1, c.body)
		g := p.Groups[0]
		assert.Equal(t, c.matches, g.Matches, c.body)
		assert.Equal(t, c.value, g.Value, c.body)
		assert.Equal(t, c.lacking, g.Lacking, c.body)
		assert.NotEmpty(t, g.Events, c.body)
		correlated := 0
		for _, r := range results {
			if r.Correlated != nil {
				correlated++
			}
		}
		assert.Equal(t, c.matches, correlated, c.body)
	}
}

// TestProgressCountsWhatHasNoGroup counts the matches of each input, and those that lack what the correlation is
// grouped by.
func TestProgressCountsWhatHasNoGroup(t *testing.T) {
	rs, cs := lowered.Correlations(t, "title: T\ncorrelation: {type: event_count, rules: [failed, done], timespan: 10m, group-by: [sha1], condition: {gte: 5}}\n"+logons)
	e, found := engine.New(rs, engine.Options{Model: lowered.Model(t, "mde"), Correlations: cs, Observe: true})
	require.Empty(t, found)
	var lines []string
	for i := range 30 {
		lines = append(lines, enginetest.DefenderProcess(i, "10:00:00", "h", fmt.Sprint("x", i), "fail"))
	}
	lines = append(lines, `{"ActionType":"ProcessCreated","ReportId":99,"Timestamp":"2026-03-01T10:00:00Z","ProcessCommandLine":"done"}`)
	enginetest.Add(t, e, lines...)
	_, _, err := e.Finish()
	require.NoError(t, err)
	p := e.Progress()[0]
	assert.Equal(t, []correlate.InputProgress{{Name: "failed", Matches: 30}, {Name: "done", Matches: 1, Ungrouped: 1}}, p.Inputs)
	assert.Len(t, p.Groups, 20)
	assert.Equal(t, 10, p.More)
}

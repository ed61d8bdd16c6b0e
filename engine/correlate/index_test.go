package correlate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/tests/fixture/lowered"
)

// TestIndexFindsMatchesByValueAndTime: both ends of a period, values in any case, what is missing, and what is counted.
func TestIndexFindsMatchesByValueAndTime(t *testing.T) {
	var events []string
	for i, e := range []struct{ at, host, hash, command string }{
		{"10:00:00", "h", "x", "theirs"}, {"10:00:10", "H", "X", "theirs"}, {"10:00:20", "h", "y", "theirs"}, {"10:00:20", "h", "", "theirs"}, {"10:00:20", "", "z", "theirs"}, {"10:00:20", "g", "z", "theirs"},
	} {
		events = append(events, enginetest.DefenderProcess(i, e.at, e.host, e.hash, e.command))
	}
	events = append(events, enginetest.DefenderProcess(9, "10:00:20", "h", "x", "mine"))
	for _, c := range []struct {
		join    string
		count   int
		members string
	}{
		{"same: [host], before: 20s", 4, "0 1 2 3"},
		{"same: [host], before: 19s", 3, "1 2 3"},
		{"same: [host], after: 1s", 2, "2 3"},
		{"same: [host, sha1], before: 1m", 2, "0 1"},
		{"same: [host], before: 20s, count: {distinct: sha1, gte: 1}", 2, "0 1 2 3"},
		{"same: {sha1: host}, before: 20s", 0, ""},
	} {
		rs := lowered.Rules(t, "title: M\nlogsource: {product: windows, category: process_creation}\njoins: {j: {rule: theirs, "+c.join+"}}\ndetection: {s: {CommandLine: mine}, y: {CommandLine: mine}, condition: s and (j or y)}\n---\n"+
			"title: O\nname: theirs\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine: theirs}, condition: s}\n")
		results, stats := enginetest.Run(t, engine.Options{Model: lowered.Model(t, "mde")}, rs, events...)
		assert.Zero(t, stats.Uncorrelated)
		if assert.Len(t, results, 1, c.join) && assert.Len(t, results[0].Joins, 1) {
			found := results[0].Joins[0]
			var ids []string
			for _, m := range found.Events {
				ids = append(ids, m.ID)
			}
			assert.Equal(t, c.members, strings.Join(ids, " "), c.join)
			assert.Equal(t, c.count, found.Count, c.join)
			assert.Equal(t, c.count > 0, found.Holds, c.join)
		}
	}
}

// TestAWindowNamesTheFirst: of many matches the first ten in time are named, by the rule's title where it has no name.
func TestAWindowNamesTheFirst(t *testing.T) {
	var events []string
	for i := range 30 {
		events = append(events, enginetest.DefenderProcess(i, fmt.Sprintf("10:00:%02d", 59-i), "h", "x", "theirs"))
	}
	events = append(events, enginetest.DefenderProcess(99, "10:01:00", "h", "x", "mine"))
	rs := lowered.Rules(t, "title: M\nlogsource: {product: windows, category: process_creation}\njoins: {j: {rule: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10, same: [host], before: 1h}}\ndetection: {s: {CommandLine: mine}, condition: s and j}\n---\n"+
		"title: O\nid: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine: theirs}, condition: s}\n")
	results, _ := enginetest.Run(t, engine.Options{Model: lowered.Model(t, "mde")}, rs, events...)
	assert.Len(t, results[0].Joins[0].Events, 10)
	assert.Equal(t, "29", results[0].Joins[0].Events[0].ID)
	assert.Equal(t, "O", results[0].Joins[0].Events[0].Rule)
	assert.Equal(t, 30, results[0].Joins[0].Count)
}

// TestProgressTellsHowNearItCame: of each input, and of the group that lacked least.
func TestProgressTellsHowNearItCame(t *testing.T) {
	rs, cs := lowered.Correlations(t, "title: T\ncorrelation: {type: event_count, rules: [who], group-by: [host], timespan: 1h, condition: {gte: 3}}\n"+correlatedRules)
	e, _ := engine.New(rs, engine.Options{Model: lowered.Model(t, "mde"), Correlations: cs, Observe: true})
	enginetest.Add(t, e, enginetest.DefenderProcess(1, "09:00:00", "h", "x", "whoami"), enginetest.DefenderProcess(2, "09:01:00", "h", "x", "whoami"), enginetest.DefenderProcess(3, "09:01:00", "g", "x", "whoami"))
	_, _, err := e.Finish()
	assert.NoError(t, err)
	progress := e.Progress()[0]
	assert.Equal(t, 3, progress.Inputs[0].Matches)
	assert.Equal(t, "h", progress.Groups[0].Group[0].Value)
	assert.Equal(t, 2.0, progress.Groups[0].Value)
}

// TestProgressOfARunAtATime is of the windows that the run reports: as many matches as results.
func TestProgressOfARunAtATime(t *testing.T) {
	rs, cs := lowered.Correlations(t, "title: T\nschedule: {every: 1h, lookback: 1h}\ncorrelation: {type: event_count, rules: [who], group-by: [host], timespan: 1h, condition: {gte: 2}}\n"+correlatedRules)
	opt := engine.Options{Model: lowered.Model(t, "mde"), Correlations: cs, Observe: true, Now: enginetest.Time("10:00:00")}
	e, _ := engine.New(rs, opt)
	who := func(id int, at, host string) string { return enginetest.DefenderProcess(id, at, host, "x", "whoami") }
	enginetest.Add(t, e, who(1, "08:30:00", "h"), who(2, "08:59:00", "h"), who(3, "09:10:00", "h"), who(4, "08:30:00", "g"), who(5, "08:31:00", "g"))
	results, _, err := e.Finish()
	require.NoError(t, err)
	require.Len(t, results, 1)
	progress := e.Progress()[0]
	require.Len(t, progress.Groups, 1)
	assert.Equal(t, "h", progress.Groups[0].Group[0].Value)
	assert.Equal(t, 1, progress.Groups[0].Matches)
	assert.Equal(t, "2026-03-01T09:10:00Z", progress.Groups[0].To)
}

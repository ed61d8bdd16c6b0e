package correlate_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/rules"
	"decree/tests/fixture/lowered"
)

const correlatedRules = `---
title: Who
name: who
logsource: {category: process_creation, product: windows}
detection: {s: {CommandLine|contains: whoami}, condition: s}
---
title: Run
name: run
logsource: {category: process_creation, product: windows}
prevalence: {rare: {field: sha1, among: s, local: {distinct: host, lte: 1}}}
detection: {s: {CommandLine|contains: run}, condition: s and rare}
`

// TestResultsOfCorrelationsTellOfTheirEvent: its time, id, host and user, and what `fields:` names, of every type and
// through a chain.
func TestResultsOfCorrelationsTellOfTheirEvent(t *testing.T) {
	events := []string{enginetest.DefenderProcess(1, "09:00:00", "h", "x", "whoami"), enginetest.DefenderProcess(2, "09:01:00", "h", "y", "whoami /all")}
	for _, kind := range []string{
		"type: event_count, rules: [who], condition: {gte: 2}", "type: value_count, rules: [who], condition: {field: sha1, gte: 2}",
		"type: value_sum, rules: [who], condition: {field: ProcessId, gte: 0}", "type: value_median, rules: [who], condition: {field: ProcessId, gte: 0}",
		"type: temporal, rules: [who, run], condition: who and not run", "type: temporal_ordered, rules: [who]",
		"type: event_count, rules: [inner], condition: {gte: 1}",
	} {
		rs, cs := lowered.Correlations(t, "title: T\nfields: [CommandLine, sha1, Nothing]\ncorrelation: {timespan: 1h, group-by: [host], "+kind+"}\n"+
			"---\ntitle: Inner\nname: inner\ncorrelation: {type: event_count, rules: [who], group-by: [host], timespan: 1h, condition: {gte: 2}}\n"+correlatedRules)
		e, _ := engine.New(rs, engine.Options{Model: lowered.Model(t, "mde"), Correlations: cs})
		for i, line := range events {
			line = strings.Replace(line, "{", fmt.Sprintf(`{"ProcessId":%d,"AccountName":"u",`, i), 1)
			require.NoError(t, e.Add(&event.Event{Source: "test", Line: i + 1, Raw: []byte(line)}))
		}
		results, _, err := e.Finish()
		require.NoError(t, err)
		var last *engine.Result
		for i := range results {
			if results[i].Rule.Source.Title == "T" {
				last = &results[i]
			}
		}
		require.NotNil(t, last, kind)
		assert.Equal(t, "2", last.EventID, kind)
		assert.Equal(t, []event.Fact{{Name: "time", Value: "2026-03-01T09:01:00.000Z"}, {Name: "host", Value: "h"}, {Name: "user", Value: "u"}, {Name: "CommandLine", Value: "whoami /all"}, {Name: "sha1", Value: "y"}}, last.Facts, kind)
		assert.Equal(t, "u", last.Event.Fields()["AccountName"], kind)
	}
}

// TestWhatIsSilentIsOnlyRead: a rule and a correlation that are silent complete what reads them, and report nothing of
// their own.
func TestWhatIsSilentIsOnlyRead(t *testing.T) {
	rs, cs := lowered.Correlations(t, "title: T\ngenerate: true\ncorrelation: {type: event_count, rules: [inner], timespan: 1h, condition: {gte: 1}}\n"+
		"---\ntitle: Inner\nname: inner\ngenerate: true\ncorrelation: {type: event_count, rules: [who], timespan: 1h, condition: {gte: 2}}\n"+correlatedRules)
	titles := func(silent map[*rules.Rule]bool) (out []string) {
		results, _ := enginetest.Run(t, engine.Options{Model: lowered.Model(t, "mde"), Correlations: cs, Silent: silent}, rs,
			enginetest.DefenderProcess(1, "09:00:00", "h", "x", "whoami"), enginetest.DefenderProcess(2, "09:01:00", "h", "x", "whoami"))
		for _, r := range results {
			out = append(out, r.EventID+" "+r.Rule.Source.Title)
		}
		return out
	}
	assert.Equal(t, []string{"1 Who", "2 Who", "2 Inner", "2 T"}, titles(nil))
	silent := map[*rules.Rule]bool{}
	for _, r := range rs {
		silent[r.Source] = true
	}
	assert.Equal(t, []string{"2 Inner", "2 T"}, titles(silent))
	for _, c := range cs {
		silent[c.Source.Body] = c.Source.Body.Title == "Inner"
	}
	assert.Equal(t, []string{"2 T"}, titles(silent))
}

// TestMatchesOfCorrelationsTakeLittleRoom: what is kept of each is small, and results come one by one.
func TestMatchesOfCorrelationsTakeLittleRoom(t *testing.T) {
	rs, cs := lowered.Correlations(t, "title: T\ncorrelation: {type: event_count, rules: [who], group-by: [host], timespan: 1h, condition: {gte: 2}}\n"+correlatedRules)
	live := func() int64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return int64(stats.HeapAlloc)
	}
	const matches = 100_000
	results, most := 0, int64(0)
	e, _ := engine.New(rs, engine.Options{Model: lowered.Model(t, "mde"), Correlations: cs, OnResult: func(engine.Result) {
		if results++; results%(matches/4) == 0 {
			most = max(most, live())
		}
	}})
	before := live()
	for i := range matches {
		require.NoError(t, e.Add(&event.Event{Source: "test", Line: i + 1, Raw: []byte(enginetest.DefenderProcess(i, fmt.Sprintf("%02d:%02d:%02d", i/3600%24, i/60%60, i%60), "h", "x", "whoami"))}))
	}
	_, stats, err := e.Finish()
	require.NoError(t, err)
	assert.Zero(t, stats.Uncorrelated+stats.Textless)
	assert.Greater(t, results, matches/2)
	assert.Less(t, (most-before)/matches, int64(250), "bytes a match")
}

// TestMatchesBeyondTheRoomAreCounted: what had no room is said.
func TestMatchesBeyondTheRoomAreCounted(t *testing.T) {
	rs, cs := lowered.Correlations(t, "title: T\ncorrelation: {type: event_count, rules: [who], group-by: [host], timespan: 1h, condition: {gte: 2}}\n"+correlatedRules)
	for _, c := range []struct{ memory, uncorrelated, textless int }{{1 << 20, 0, 0}, {1920, 8, 2}} {
		e, _ := engine.New(rs, engine.Options{Model: lowered.Model(t, "mde"), Correlations: cs, MaxMemory: c.memory})
		for i := range 10 {
			require.NoError(t, e.Add(&event.Event{Source: "test", Line: i + 1, Raw: []byte(enginetest.DefenderProcess(i, "09:00:00", "h", "x", "whoami "+strings.Repeat("x", 300)))}))
		}
		results, stats, err := e.Finish()
		require.NoError(t, err)
		assert.Equal(t, c.uncorrelated, stats.Uncorrelated, c.memory)
		assert.Equal(t, c.textless, stats.Textless, c.memory)
		assert.NotEmpty(t, results)
		assert.Equal(t, "h", results[0].Correlated.Group[0].Value, "the group is told without the event")
	}
}

// TestAnEmptyValueIsNone groups by it no more than by a missing one, and does not count it.
func TestAnEmptyValueIsNone(t *testing.T) {
	event := func(id int, user, hash string) string {
		return fmt.Sprintf(`{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"EventRecordID":%d,"UtcTime":"2026-03-01 09:0%d:00.000","Computer":"h","CommandLine":"whoami","User":%q,"OriginalFileName":%q}`, id, id, user, hash)
	}
	events := []string{event(1, "", "a"), event(2, "", ""), event(3, "u", ""), event(4, "u", "b")}
	for kind, want := range map[string][]string{
		"type: event_count, group-by: [User], condition: {gte: 2}":                              {"4"},
		"type: event_count, group-by: [Computer, User], condition: {gte: 2}":                    {"4"},
		"type: value_count, group-by: [Computer], condition: {field: OriginalFileName, gte: 2}": {"4"},
		"type: value_count, group-by: [Computer], condition: {field: [Computer, User], gte: 1}": {"3", "4"},
		"type: temporal_ordered, group-by: [OriginalFileName]":                                  {"1", "4"},
		"type: event_count, group-by: [Computer], condition: {gte: 4}":                          {"4"},
	} {
		rs, cs := lowered.Correlations(t, "title: T\ncorrelation: {timespan: 1h, rules: [who], "+kind+"}\n"+correlatedRules)
		assert.Equal(t, want, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "windows"), Correlations: cs}, rs, events...), kind)
	}
}

// TestADomainWithoutANameIsNone: of a user in two columns, an empty name is not a user.
func TestADomainWithoutANameIsNone(t *testing.T) {
	event := func(id int, user string) string {
		return fmt.Sprintf(`{"@timestamp":"2026-03-01T09:0%d:00Z","event":{"id":"%d","category":["process"],"type":["start"]},"host":{"os":{"type":"windows"}},"process":{"command_line":"whoami"},"user":{"domain":"CORP","name":%q}}`, id, id, user)
	}
	rs, cs := lowered.Correlations(t, "title: T\ncorrelation: {timespan: 1h, rules: [who], type: event_count, group-by: [User], condition: {gte: 2}}\n"+correlatedRules)
	opt := engine.Options{Model: lowered.Model(t, "ecs"), Correlations: cs}
	assert.Equal(t, []string{"4"}, enginetest.IDs(t, opt, rs, event(1, ""), event(2, ""), event(3, "u"), event(4, "u")))
}

package correlate_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

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

// TestBacktestOfCorrelationsIsWhatTheRunsSay compares a replay with engines that each see one run: of whole windows alone, also where a
// condition asks for what did not happen, or for few, and where a rule's rarity differs from run to run.
func TestBacktestOfCorrelationsIsWhatTheRunsSay(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	raised := map[string]int{}
	for round := range 28 {
		var events []string
		for i := range 40 {
			at := fmt.Sprintf("%02d:%02d:00", r.IntN(20), 5*r.IntN(12))
			events = append(events, enginetest.DefenderProcess(i, at, fmt.Sprint("h", r.IntN(2)), fmt.Sprint("x", r.IntN(4)), []string{"run", "whoami", "whoami run", "else"}[r.IntN(4)]))
		}
		schedule := rules.Schedule{Every: time.Duration(2+r.IntN(12)) * 10 * time.Minute, Lookback: time.Duration(1+r.IntN(40)) * 5 * time.Minute}
		block := fmt.Sprintf("title: T\nschedule: {every: %.0fm, lookback: %.0fm}\ncorrelation:\n  timespan: %dm\n  group-by: [host]\n", schedule.Every.Minutes(), schedule.Lookback.Minutes(), 5*(1+r.IntN(30)))
		kinds := []string{
			"  type: event_count\n  rules: [who]\n  condition: {gte: 2}\n",
			"  type: event_count\n  rules: [who, run]\n  condition: {lt: 3}\n",
			"  type: event_count\n  rules: [run]\n  condition: {eq: 1}\n",
			"  type: temporal\n  rules: [who, run]\n  condition: who and not run\n",
			"  type: temporal_ordered\n  rules: [run, who]\n",
			"  type: value_count\n  rules: [run]\n  condition: {field: sha1, lte: 2}\n",
			"  type: temporal\n  rules: [who, pair]\n  condition: who and not pair\n---\ntitle: Pair\nname: pair\ncorrelation: {type: event_count, rules: [run], group-by: [host], timespan: 50m, condition: {gte: 2}}\n",
		}
		kind := kinds[round%len(kinds)]
		rs, cs := lowered.Correlations(t, block+kind+correlatedRules)
		var want []string
		known := map[string]bool{}
		midnight := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		first := midnight.Unix() - midnight.Unix()%int64(schedule.Every/time.Second)
		for at := time.Unix(first, 0).UTC(); at.Before(midnight.Add(30 * time.Hour)); at = at.Add(schedule.Every) {
			e, found := engine.New(rs, engine.Options{Model: lowered.Model(t, "mde"), Now: at, Correlations: cs})
			require.Empty(t, found)
			enginetest.Add(t, e, events...)
			results, _, err := e.Finish()
			require.NoError(t, err)
			for _, res := range results {
				if res.Rule.Source.Title != "T" {
					continue
				}
				if key := res.EventID + " " + res.Correlated.Group[0].Value; !known[key] {
					known[key] = true
					want = append(want, at.Format("2 15:04")+" "+key)
				}
			}
		}
		e, found := engine.NewBacktest(rs, engine.Options{Model: lowered.Model(t, "mde"), Correlations: cs})
		require.Empty(t, found)
		enginetest.Add(t, e.Engine, events...)
		alerts, _, _, err := e.Finish(func(r *rules.Rule) rules.Schedule { return schedule })
		require.NoError(t, err)
		var got []string
		for _, a := range alerts {
			if a.Rule.Source.Title != "T" {
				continue
			}
			got = append(got, a.At.Format("2 15:04")+" "+a.EventID+" "+a.Correlated.Group[0].Value)
		}
		require.Equal(t, want, got, "round %d\n%s\n%s", round, block+kind, strings.Join(events, "\n"))
		raised[kind] += len(got)
	}
	for kind, n := range raised {
		assert.Greater(t, n, 5, kind)
	}
}

// TestResultsOfCorrelationsTellOfTheirEvent: its time, id, host and user, and what `fields:` names, of every type and through a chain.
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
		assert.Equal(t, "u", last.Event.Fields["AccountName"], kind)
	}
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
	for _, c := range []struct{ memory, uncorrelated, textless int }{{1 << 20, 0, 0}, {16 * 300, 8, 2}} {
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

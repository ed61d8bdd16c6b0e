package engine_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
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

// TestBacktestOfCorrelationsIsWhatTheRunsSay compares a replay with engines that each see one run: of whole windows
// alone, also where a condition asks for what did not happen, or for few, and where a rule's rarity differs from run to
// run.
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
		alerts, _, _, err := enginetest.Replay(e, func(r *rules.Rule) rules.Schedule { return schedule })
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

// Package enginetest runs rules on a few events in tests. In: options, rules and events, each a line of JSON. Out: what
// the rules match.
// Whatever goes wrong on the way fails the test.
package enginetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/rules"
	"decree/rules/ir"
)

// IDs gives the ids of the events that rules match, in the order of results.
func IDs(t testing.TB, opt engine.Options, rs []*ir.Rule, lines ...string) []string {
	t.Helper()
	results, _ := Run(t, opt, rs, lines...)
	ids := []string{}
	for _, r := range results {
		ids = append(ids, r.EventID)
	}
	return ids
}

// Run gives all results and the statistics.
func Run(t testing.TB, opt engine.Options, rs []*ir.Rule, lines ...string) ([]engine.Result, engine.Stats) {
	t.Helper()
	e, found := engine.New(rs, opt)
	require.Empty(t, found)
	Add(t, e, lines...)
	results, stats, err := e.Finish()
	require.NoError(t, err)
	return results, stats
}

// Add gives an engine events, whose source is "test" and whose lines are numbered from 1.
func Add(t testing.TB, e *engine.Engine, lines ...string) {
	t.Helper()
	for i, line := range lines {
		require.NoError(t, e.Add(&event.Event{Source: "test", Line: i + 1, Raw: []byte(line)}))
	}
}

// Replay finishes a backtest and gives its alerts.
func Replay(b *engine.Backtest, schedule func(*rules.Rule) rules.Schedule) (alerts []engine.Alert, timeless int, stats engine.Stats, err error) {
	timeless, stats, err = b.Finish(schedule, func(a engine.Alert) { alerts = append(alerts, a) })
	return alerts, timeless, stats, err
}

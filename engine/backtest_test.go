package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/tests/fixture/lowered"
)

const (
	plainRule = "description: plain\ndetection:\n  a: {CommandLine|contains: whoami}\n  condition: a\n"
	rareRule  = "description: rare\nprevalence:\n  rare: {field: sha1, among: a, local: {distinct: host, lte: 1}}\ndetection:\n  a: {CommandLine|contains: run}\n  condition: a and rare\n"
)

// backtest gives the alerts of a replay as "run event rule".
func backtest(t testing.TB, rs []*ir.Rule, schedule rules.Schedule, lines ...string) (alerts []string, timeless int) {
	t.Helper()
	e, found := engine.NewBacktest(rs, engine.Options{Model: lowered.Model(t, "mde")})
	require.Empty(t, found)
	for i, line := range lines {
		require.NoError(t, e.Add(&event.Event{Source: "test", Line: i + 1, Raw: []byte(line)}))
	}
	raised, timeless, _, err := enginetest.Replay(e, func(*rules.Rule) rules.Schedule { return schedule })
	require.NoError(t, err)
	alerts = []string{}
	for _, a := range raised {
		alerts = append(alerts, fmt.Sprintf("%s %s %s", a.At.Format("15:04"), a.EventID, a.Rule.Source.Description))
	}
	return alerts, timeless
}

func TestBacktestRaisesAnAlertOnce(t *testing.T) {
	hourly := rules.Schedule{Every: time.Hour, Lookback: 2 * time.Hour}
	events := []string{
		enginetest.DefenderProcess(3, "10:30:00", "h", "x", "whoami"), // not in the order of their times
		enginetest.DefenderProcess(1, "09:10:00", "h", "x", "whoami"), enginetest.DefenderProcess(2, "10:00:00", "h", "x", "whoami"),
		enginetest.DefenderProcess(4, "20:00:01", "h", "x", "whoami"), `{"ActionType":"ProcessCreated","ReportId":5,"ProcessCommandLine":"whoami"}`,
	}
	alerts, timeless := backtest(t, []*ir.Rule{lowered.Rule(t, plainRule)}, hourly, events...)
	assert.Equal(t, []string{"10:00 1 plain", "10:00 2 plain", "11:00 3 plain", "21:00 4 plain"}, alerts)
	assert.Equal(t, 1, timeless)
	alerts, _ = backtest(t, []*ir.Rule{lowered.Rule(t, plainRule)}, rules.Schedule{Every: time.Hour, Lookback: 10 * time.Minute}, events...)
	assert.Equal(t, []string{"10:00 2 plain"}, alerts, "what falls between two lookbacks is not seen")
}

// TestBacktestCountsOverALongerPeriod has hosts counted from before the lookback, until the period has passed.
func TestBacktestCountsOverALongerPeriod(t *testing.T) {
	hourly := rules.Schedule{Every: time.Hour, Lookback: time.Hour}
	events := []string{
		enginetest.DefenderProcess(1, "09:10:00", "h", "x", "run"), enginetest.DefenderProcess(2, "11:10:00", "g", "x", "run"),
		enginetest.DefenderProcess(3, "14:10:00", "h", "x", "run"), enginetest.DefenderProcess(4, "14:20:00", "h", "y", "run"),
	}
	over := strings.Replace(rareRule, "lte: 1", "lte: 1, over: 4h", 1)
	alerts, _ := backtest(t, []*ir.Rule{lowered.Rule(t, over)}, hourly, events...)
	assert.Equal(t, []string{"10:00 1 rare", "15:00 4 rare"}, alerts)
	alerts, _ = backtest(t, []*ir.Rule{lowered.Rule(t, strings.Replace(over, "4h", "3h", 1))}, hourly, events...)
	assert.Equal(t, []string{"10:00 1 rare", "15:00 3 rare", "15:00 4 rare"}, alerts, "the period of a run ends at the run")
}

func TestBacktestJudgesRarityInEachRun(t *testing.T) {
	alerts, _ := backtest(t, []*ir.Rule{lowered.Rule(t, rareRule)}, rules.Schedule{Every: time.Hour, Lookback: 2 * time.Hour},
		enginetest.DefenderProcess(1, "09:10:00", "h1", "x", "run"), enginetest.DefenderProcess(2, "10:10:00", "h2", "x", "run"), enginetest.DefenderProcess(3, "11:10:00", "h3", "x", "run"),
		enginetest.DefenderProcess(4, "15:10:00", "h1", "x", "run"))
	assert.Equal(t, []string{"10:00 1 rare", "13:00 3 rare", "16:00 4 rare"}, alerts)
}

// TestBacktestIsWhatTheRunsSay compares with engines that each see one run's lookback.
func TestBacktestIsWhatTheRunsSay(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		var events []string
		for i := range 60 {
			at := fmt.Sprintf("%02d:%02d:%02d", r.IntN(20), r.IntN(60), r.IntN(60))
			events = append(events, enginetest.DefenderProcess(i, at, fmt.Sprint("h", r.IntN(3)), fmt.Sprint("x", r.IntN(4)), []string{"run", "whoami", "whoami run", "else"}[r.IntN(4)]))
		}
		schedule := rules.Schedule{Every: time.Duration(1+r.IntN(90)) * time.Minute, Lookback: time.Duration(1+r.IntN(300)) * time.Minute}
		block := fmt.Sprintf("schedule: {every: %.0fm, lookback: %.0fm}\n", schedule.Every.Minutes(), schedule.Lookback.Minutes())
		rs := []*ir.Rule{lowered.Rule(t, block+plainRule), lowered.Rule(t, block+rareRule)}
		want := []string{}
		raised := map[string]bool{}
		midnight := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		first := midnight.Unix() - midnight.Unix()%int64(schedule.Every/time.Second)
		for at := time.Unix(first, 0).UTC(); at.Before(midnight.Add(30 * time.Hour)); at = at.Add(schedule.Every) {
			results, _ := enginetest.Run(t, engine.Options{Model: lowered.Model(t, "mde"), Now: at}, rs, events...)
			var found []string
			for _, res := range results {
				key := res.EventID + " " + res.Rule.Source.Description
				if !raised[key] {
					raised[key] = true
					found = append(found, at.Format("15:04")+" "+key)
				}
			}
			want = append(want, found...)
		}
		got, _ := backtest(t, rs, schedule, events...)
		require.Equal(t, want, got, "every %s over %s", schedule.Every, schedule.Lookback)
	}
}

func TestBacktestRefusesSchedulesThatCannotBe(t *testing.T) {
	for _, s := range []rules.Schedule{{}, {Every: time.Hour}, {Every: time.Millisecond, Lookback: time.Hour}, {Every: 1500 * time.Millisecond, Lookback: time.Hour}, {Every: time.Second, Lookback: 1e5 * time.Second}} {
		e, _ := engine.NewBacktest([]*ir.Rule{lowered.Rule(t, plainRule)}, engine.Options{Model: lowered.Model(t, "mde")})
		_, _, _, err := enginetest.Replay(e, func(*rules.Rule) rules.Schedule { return s })
		assert.ErrorContains(t, err, "cannot be replayed", s)
	}
	alerts, _ := backtest(t, []*ir.Rule{lowered.Rule(t, plainRule)}, rules.Schedule{Every: time.Hour, Lookback: time.Hour},
		strings.Replace(enginetest.DefenderProcess(1, "10:00:00", "h", "x", "whoami"), "2026", "9999", 1), strings.Replace(enginetest.DefenderProcess(2, "10:00:00", "h", "x", "whoami"), "2026", "0001", 1))
	slices.Sort(alerts)
	assert.Len(t, alerts, 2, "times far away are times")
}

// TestBacktestReplaysCorrelations: a correlation reads matches of all times, and raises its alert with the first run
// that sees the event which completes it.
func TestBacktestReplaysCorrelations(t *testing.T) {
	file, found := parse.Documents("c.yml", []byte("title: Twice\ndescription: twice\ncorrelation: {type: event_count, rules: [who], timespan: 3h, condition: {gte: 2}}\n"+
		"---\ntitle: Who\nname: who\nlogsource: {category: process_creation, product: windows}\ndetection: {s: {CommandLine|contains: whoami}, condition: s}\n"), nil)
	require.Empty(t, found)
	who, found := ir.Lower(file.Rules[0])
	require.Empty(t, found)
	linked, found := parse.Link(file.Rules, file.Correlations)
	require.Empty(t, found)
	cs, found := ir.LowerCorrelations(linked, map[*rules.Rule]*ir.Rule{file.Rules[0]: who})
	require.Empty(t, found)
	for _, c := range []struct {
		lookback time.Duration
		want     []string
	}{
		{2 * time.Hour, []string{"11:00 2", "13:00 3"}},
		{time.Minute, []string{"13:00 3"}},
	} {
		e, found := engine.NewBacktest([]*ir.Rule{who}, engine.Options{Model: lowered.Model(t, "mde"), Correlations: cs})
		require.Empty(t, found)
		for i, at := range []string{"09:10:00", "10:30:00", "12:59:30", "20:00:00"} { // the first two are not seen by one run
			require.NoError(t, e.Add(&event.Event{Source: "test", Line: i + 1, Raw: []byte(enginetest.DefenderProcess(i+1, at, "h", "x", "whoami"))}))
		}
		alerts, _, _, err := enginetest.Replay(e, func(*rules.Rule) rules.Schedule { return rules.Schedule{Every: time.Hour, Lookback: c.lookback} })
		require.NoError(t, err)
		got := []string{}
		for _, a := range alerts {
			got = append(got, a.At.Format("15:04")+" "+a.EventID)
			assert.Equal(t, "whoami", a.Event.Fields()["ProcessCommandLine"], "the event that completed it")
		}
		assert.Equal(t, c.want, got)
	}
}

// TestAlertsKeepToTheMemory: what has no room is dropped and counted; the others are whole.
func TestAlertsKeepToTheMemory(t *testing.T) {
	const events = 100
	raised := func(memory int) (alerts []engine.Alert, stats engine.Stats) {
		b, found := engine.NewBacktest([]*ir.Rule{lowered.Rule(t, plainRule)}, engine.Options{Model: lowered.Model(t, "mde"), MaxMemory: memory})
		require.Empty(t, found)
		for i := range events {
			require.NoError(t, b.Add(&event.Event{Source: "test", Line: i + 1, Raw: []byte(enginetest.DefenderProcess(i+1, "10:00:00", "h", "x", "whoami"))}))
		}
		alerts, _, stats, err := enginetest.Replay(b, func(*rules.Rule) rules.Schedule { return rules.Schedule{Every: time.Hour, Lookback: time.Hour} })
		require.NoError(t, err)
		return alerts, stats
	}
	all, stats := raised(1 << 20)
	assert.Len(t, all, events)
	assert.Zero(t, stats.Unraised)
	some, stats := raised(1 << 17)
	assert.Zero(t, stats.Dropped, "there was room for the events")
	assert.Positive(t, stats.Unraised)
	assert.Len(t, some, events-stats.Unraised)
	for i, a := range some {
		assert.Equal(t, all[i].EventID, a.EventID)
	}
	for _, a := range all {
		assert.Equal(t, "whoami", a.Event.Fields()["ProcessCommandLine"])
		assert.Equal(t, []string{"a"}, a.Names)
	}
}

// TestRunsPastTheLastYearHaveTheTimeOfTheirEvent: RFC 3339 cannot write the run's.
func TestRunsPastTheLastYearHaveTheTimeOfTheirEvent(t *testing.T) {
	b, found := engine.NewBacktest([]*ir.Rule{lowered.Rule(t, plainRule)}, engine.Options{Model: lowered.Model(t, "mde")})
	require.Empty(t, found)
	last := strings.Replace(enginetest.DefenderProcess(1, "23:59:59", "h", "x", "whoami"), "2026-03-01", "9999-12-31", 1)
	require.Contains(t, last, "9999-12-31")
	require.NoError(t, b.Add(&event.Event{Source: "test", Line: 1, Raw: []byte(last)}))
	alerts, _, _, err := enginetest.Replay(b, func(*rules.Rule) rules.Schedule { return rules.Schedule{Every: time.Hour, Lookback: time.Hour} })
	require.NoError(t, err)
	require.Len(t, alerts, 1)
	assert.Equal(t, time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), alerts[0].At)
}

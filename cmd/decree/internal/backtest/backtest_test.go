package backtest

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/engines"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/engine"
	"decree/engine/event"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

const files = `
-- who.yml --
title: Who
id: 6f1f5a56-3d0e-4c55-8e4b-0a4a8d4b9a11
level: high
logsource: {product: windows, category: process_creation}
schedule: {every: 1h, lookback: 2h}
detection: {a: {Image|endswith: '\whoami.exe'}, condition: a}
`

// flags parses a command line.
func flags(t *testing.T, now string, args ...string) (p Flags, err error) {
	t.Helper()
	cmd := &cobra.Command{Use: "x", SilenceErrors: true, SilenceUsage: true, RunE: func(cmd *cobra.Command, _ []string) error { return p.Check(cmd, now) }}
	p.AddTo(cmd)
	cmd.SetArgs(append([]string{}, args...))
	return p, cmd.Execute()
}

func TestFlagsThatDoNotGoTogether(t *testing.T) {
	for want, args := range map[string][]string{
		"--every needs --backtest":                                                    {"--every", "1h"},
		"--baseline needs --backtest":                                                 {"--baseline", "x.json"},
		"--max-new needs --baseline":                                                  {"--backtest", "--max-new", "1"},
		"--max-new -1 is out of range: the minimum is 0":                              {"--backtest", "--baseline", "x.json", "--max-new", "-1"},
		"--lookback 0s is out of range: write a positive duration, such as 30m or 2h": {"--backtest", "--lookback", "0s"},
	} {
		_, err := flags(t, "", args...)
		assert.EqualError(t, err, want)
	}
	_, err := flags(t, "2026-03-01T00:00:00Z", "--backtest")
	assert.ErrorContains(t, err, "choose --now or --backtest")
	_, err = flags(t, "2026-03-01T00:00:00Z")
	assert.NoError(t, err)
}

func TestFlagsWinOverTheRulesSchedule(t *testing.T) {
	own := &rules.Rule{Schedule: rules.Schedule{Every: time.Minute, Lookback: time.Minute}}
	p, err := flags(t, "", "--backtest", "--every", "30m")
	require.NoError(t, err)
	assert.Equal(t, rules.Schedule{Every: 30 * time.Minute, Lookback: time.Minute}, p.schedule(own))
	assert.Equal(t, rules.Schedule{Every: 30 * time.Minute, Lookback: defaultLookback}, p.schedule(&rules.Rule{}))
}

// replayed runs a backtest over events at some times, without a time where it is empty.
func replayed(t *testing.T, p Flags, format string, times ...string) (raised int, fails bool, out, errs string, err error) {
	t.Helper()
	s, o, e := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"who.yml"}})
	require.NoError(t, err)
	m, err := schema.Load(schema.Plain)
	require.NoError(t, err)
	b := engines.New(set.Lowered(), []*schema.Model{m}, engine.Options{}, true)
	require.Empty(t, b.Found)
	for i, at := range times {
		text := fmt.Sprintf(`{"EventRecordID": %d, "UtcTime": "%s", "Image": "C:\\whoami.exe"}`, i+1, at)
		require.NoError(t, b.All[0].Add(&event.Event{Source: "e.ndjson", Line: i + 1, Raw: []byte(text)}))
	}
	raised, fails, _, err = Run(s, b, p, format, nil)
	return raised, fails, o.String(), e.String(), err
}

func TestTheTableHasAChart(t *testing.T) {
	clitest.Files(t, files)
	raised, fails, out, errs, err := replayed(t, Flags{On: true}, "text", "2026-03-01 10:00:00", "2026-03-03 10:00:01", "2026-03-03 10:59:59", "")
	require.NoError(t, err)
	assert.Equal(t, 3, raised)
	assert.True(t, fails, "no run sees one event")
	assert.Equal(t, "ALERTS  LEVEL  RULE  MOST A DAY  2026-03-01 TO 2026-03-03\n3       high   Who   2           ▄·█\n", out)
	assert.Equal(t, "warning: 1 event without a readable time; no run sees them\n", errs)
	raised, _, out, _, err = replayed(t, Flags{On: true}, "text")
	require.NoError(t, err)
	assert.Zero(t, raised)
	assert.Empty(t, out)
	_, _, out, _, err = replayed(t, Flags{On: true}, "text", "2026-01-01 00:00:00", "2026-12-31 00:00:00")
	require.NoError(t, err)
	assert.Contains(t, out, ", 7 DAYS A COLUMN")
}

func TestAShortLookbackIsWarnedOf(t *testing.T) {
	clitest.Files(t, files)
	_, _, _, errs, err := replayed(t, Flags{On: true, Every: time.Hour, Lookback: time.Minute}, "text")
	require.NoError(t, err)
	assert.Equal(t, "warning: rule \"Who\" runs every 1h0m0s but looks back only 1m0s: it misses the events between\n", errs)
}

func TestAScheduleThatCannotBeReplayedLeavesNoOutput(t *testing.T) {
	clitest.Files(t, files)
	_, _, out, _, err := replayed(t, Flags{On: true, Every: time.Millisecond}, "json", "2026-03-01 10:00:00")
	assert.ErrorContains(t, err, "cannot be replayed every 1ms")
	assert.Empty(t, out)
}

func TestJSONAndBaseline(t *testing.T) {
	clitest.Files(t, files)
	_, _, out, _, err := replayed(t, Flags{On: true}, "json", "2026-03-01 10:00:00")
	require.NoError(t, err)
	var all struct {
		Alerts []map[string]any
		Rules  []ruleCount
	}
	require.NoError(t, json.Unmarshal([]byte(out), &all))
	require.Len(t, all.Alerts, 1)
	assert.Equal(t, "2026-03-01T10:00:00Z", all.Alerts[0]["at"])
	require.Len(t, all.Rules, 1)
	assert.Equal(t, map[string]int{"2026-03-01": 1}, all.Rules[0].Days)
	require.NoError(t, os.WriteFile("good.json", []byte(out), 0o644))

	p := Flags{On: true, Baseline: "good.json"}
	_, fails, _, errs, err := replayed(t, p, "text", "2026-03-01 10:00:00")
	require.NoError(t, err)
	assert.False(t, fails)
	assert.Empty(t, errs)
	more := []string{"2026-03-01 10:00:00", "2026-03-02 10:00:00", "2026-03-02 11:00:00", "2026-03-02 12:00:00", "2026-03-02 13:00:00"}
	_, fails, _, errs, err = replayed(t, p, "json", more...)
	require.NoError(t, err)
	assert.True(t, fails)
	assert.Equal(t, "noisier: Who: 4 alerts not in good.json\n  2026-03-02T10:00:00Z event 2 at e.ndjson:2\n  2026-03-02T11:00:00Z event 3 at e.ndjson:3\n  2026-03-02T12:00:00Z event 4 at e.ndjson:4\n  and 1 more\n", errs)
	p.MaxNew = 4
	_, fails, _, _, err = replayed(t, p, "text", more...)
	require.NoError(t, err)
	assert.False(t, fails)

	_, _, out, _, err = replayed(t, Flags{On: true}, "json")
	require.NoError(t, err)
	assert.JSONEq(t, `{"alerts": [], "rules": []}`, out)
}

func TestABaselineThatCannotBeRead(t *testing.T) {
	clitest.Files(t, files+"-- table.txt --\nALERTS\n-- list.json --\n[1]\n-- other.json --\n{\"matches\": []}\n")
	_, _, _, _, err := replayed(t, Flags{On: true, Baseline: "none.json"}, "text")
	assert.ErrorContains(t, err, "cannot read --baseline: ")
	for _, name := range []string{"table.txt", "list.json", "other.json"} {
		_, _, _, _, err = replayed(t, Flags{On: true, Baseline: name}, "text")
		assert.EqualError(t, err, "cannot read --baseline "+name+": it is not what decree run --backtest --format json writes")
	}
}

func TestSuspensions(t *testing.T) {
	rule := &ir.Rule{Source: &rules.Rule{Title: "Slow"}}
	all := suspensions([]engine.Suspension{{Rule: rule, Reason: "steps"}})
	require.Len(t, all, 1)
	assert.Equal(t, "Slow", all[0].Rule)
}

func TestDaysBefore1970(t *testing.T) {
	assert.Equal(t, -1, day(time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC)))
	assert.Equal(t, 0, day(time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)))
}

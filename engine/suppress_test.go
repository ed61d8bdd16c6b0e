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
	"decree/tests/fixture/lowered"
)

const suppressed = "title: T\nlogsource: {product: windows, category: process_creation}\nsuppress: {by: [host, User], for: 10m}\ndetection:\n  a: {Image|endswith: x.exe}\n  condition: a\n"

// at is an event of a minute of the day.
func at(id int, minute string, host, user string) string {
	return fmt.Sprintf(`{"id":"%d","UtcTime":"2026-03-01 %s","Computer":%q,"User":%q,"Image":"x.exe"}`, id, minute, host, user)
}

// TestSuppress: one alert by values and time, the earliest, whatever the order of the events.
func TestSuppress(t *testing.T) {
	r := lowered.Rule(t, suppressed)
	for _, c := range []struct {
		name   string
		events []string
		want   []string
		gone   int
	}{
		{"less than the time after an alert", []string{at(1, "10:00:00", "A", "u"), at(2, "10:09:59", "a", "U"), at(3, "10:10:00", "A", "u")}, []string{"1", "3"}, 1},
		{"a suppressed match suppresses nothing", []string{at(1, "10:00:00", "A", "u"), at(2, "10:09:00", "A", "u"), at(3, "10:11:00", "A", "u"), at(4, "10:20:00", "A", "u")}, []string{"1", "3"}, 2},
		{"other values", []string{at(1, "10:00:00", "A", "u"), at(2, "10:01:00", "A", "v"), at(3, "10:02:00", "B", "u")}, []string{"1", "2", "3"}, 0},
		{"read late, and earlier", []string{at(1, "10:05:00", "A", "u"), at(2, "10:00:00", "A", "u"), at(3, "10:11:00", "A", "u")}, []string{"2", "3"}, 1},
		{"at one time", []string{at(1, "10:05:00", "A", "u"), at(2, "10:05:00", "A", "u")}, []string{"1"}, 1},
		{"a missing value is an empty one", []string{at(1, "10:00:00", "A", ""), `{"id":"2","UtcTime":"2026-03-01 10:01:00","Computer":"A","Image":"x.exe"}`}, []string{"1"}, 1},
		{"without a time", []string{at(1, "10:00:00", "A", "u"), `{"id":"2","Computer":"A","User":"u","Image":"x.exe"}`, at(3, "10:01:00", "A", "u")}, []string{"1", "2"}, 1},
	} {
		results, stats := enginetest.Run(t, engine.Options{}, []*ir.Rule{r}, c.events...)
		var ids []string
		for _, r := range results {
			ids = append(ids, r.EventID)
			assert.NotEmpty(t, r.Event.Fields(), c.name)
			assert.NotEmpty(t, r.Event.Raw, c.name)
		}
		assert.Equal(t, c.want, ids, c.name)
		assert.Equal(t, c.gone, stats.Suppressed, c.name)
	}
}

// TestSuppressWithoutNames gives one alert whatever the values.
func TestSuppressWithoutNames(t *testing.T) {
	r := lowered.Rule(t, strings.Replace(suppressed, "by: [host, User], ", "", 1))
	assert.Equal(t, []string{"1", "3"}, enginetest.IDs(t, engine.Options{}, []*ir.Rule{r}, at(1, "10:00:00", "A", "u"), at(2, "10:01:00", "B", "v"), at(3, "10:10:00", "A", "u")))
}

// TestSuppressAgreesWithAPlainScan over random events in any order, read by several workers, given as they are found,
// and in a backtest.
func TestSuppressAgreesWithAPlainScan(t *testing.T) {
	r := lowered.Rule(t, suppressed)
	random := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		type one struct {
			id, second int
			values     string
		}
		var all []one
		var lines []string
		for id := range 60 {
			o := one{id, random.IntN(3600), string("AB"[random.IntN(2)]) + string("uv"[random.IntN(2)])}
			all = append(all, o)
			lines = append(lines, at(id, fmt.Sprintf("10:%02d:%02d", o.second/60, o.second%60), o.values[:1], o.values[1:]))
		}
		slices.SortStableFunc(all, func(a, b one) int { return a.second - b.second })
		last, want := map[string]int{}, []string{}
		for _, o := range all {
			if before, known := last[o.values]; !known || o.second-before >= 600 {
				last[o.values] = o.second
				want = append(want, fmt.Sprint(o.id))
			}
		}
		assert.ElementsMatch(t, want, enginetest.IDs(t, engine.Options{}, []*ir.Rule{r}, lines...))

		var streamed []string
		e, found := engine.New([]*ir.Rule{r}, engine.Options{OnResult: func(r engine.Result) { streamed = append(streamed, r.EventID) }})
		require.Empty(t, found)
		reader, err := event.NewReader("test.ndjson", strings.NewReader(strings.Join(lines, "\n")), event.Options{})
		require.NoError(t, err)
		require.NoError(t, e.Run(reader, "test", 3, nil))
		_, _, err = e.Finish()
		require.NoError(t, err)
		assert.ElementsMatch(t, want, streamed)

		b, found := engine.NewBacktest([]*ir.Rule{r}, engine.Options{})
		require.Empty(t, found)
		enginetest.Add(t, b.Engine, lines...)
		alerts, _, stats, err := enginetest.Replay(b, func(*rules.Rule) rules.Schedule {
			return rules.Schedule{Every: 7 * time.Minute, Lookback: 15 * time.Minute}
		})
		require.NoError(t, err)
		var raised []string
		for _, a := range alerts {
			raised = append(raised, a.EventID)
		}
		assert.ElementsMatch(t, want, raised)
		assert.Equal(t, len(lines)-len(want), stats.Suppressed)
	}
}

// TestSuppressWithoutRoom: a match that cannot wait for others alerts, and the run says so.
func TestSuppressWithoutRoom(t *testing.T) {
	r := lowered.Rule(t, suppressed)
	var lines []string
	for id := range 50 {
		lines = append(lines, at(id, "10:00:00", "A", "u"))
	}
	results, stats := enginetest.Run(t, engine.Options{MaxMemory: 16 * 10_000}, []*ir.Rule{r}, lines...)
	assert.Positive(t, stats.Unsuppressed)
	assert.Equal(t, 50, len(results)+stats.Suppressed)
	assert.Equal(t, stats.Unsuppressed+1, len(results))
}

const counted = `
title: C
correlation: {type: event_count, rules: [r], group-by: [User], timespan: 5m, condition: {gte: 2}}
SUPPRESS
---
title: R
name: r
logsource: {product: windows, category: process_creation}
suppress: {for: 1d}
detection:
  a: {Image|endswith: x.exe}
  condition: a
`

// TestSuppressCorrelations: a correlation reads all matches of its rules, and its own alerts are suppressed by its
// group unless it says otherwise.
func TestSuppressCorrelations(t *testing.T) {
	lines := []string{at(1, "10:00:00", "A", "u"), at(2, "10:01:00", "A", "u"), at(3, "10:02:00", "B", "u"), at(4, "10:02:00", "A", "v"), at(5, "10:03:00", "A", "V"), at(6, "10:20:00", "A", "u"), at(7, "10:21:00", "A", "u")}
	for suppress, want := range map[string][]string{
		"":                            {"2", "3", "5", "7"},
		"{for: 1h}":                   {"2", "5"},
		"{for: 10m}":                  {"2", "5", "7"},
		"{by: [], for: 1h}":           {"2"},
		"{by: [host], for: 1h}":       {"2", "3"},
		"{by: [User, host], for: 1h}": {"2", "3", "5"},
	} {
		rs, cs := lowered.Correlations(t, strings.Replace(counted, "SUPPRESS", map[bool]string{false: "suppress: " + suppress}[suppress == ""], 1))
		opt := engine.Options{Correlations: cs, Silent: map[*rules.Rule]bool{rs[0].Source: true}}
		assert.Equal(t, want, enginetest.IDs(t, opt, rs, lines...), suppress)
		b, found := engine.NewBacktest(rs, opt)
		require.Empty(t, found)
		enginetest.Add(t, b.Engine, lines...)
		alerts, _, _, err := enginetest.Replay(b, func(*rules.Rule) rules.Schedule { return rules.Schedule{Every: time.Hour, Lookback: time.Hour} })
		require.NoError(t, err)
		var raised []string
		for _, a := range alerts {
			raised = append(raised, a.EventID)
		}
		assert.Equal(t, want, raised, suppress)
	}
}

// TestSuppressIsExplained names the alert that suppresses a match.
func TestSuppressIsExplained(t *testing.T) {
	x, found := engine.NewExplainer(lowered.Rule(t, suppressed), engine.Options{})
	require.Empty(t, found)
	for i, line := range []string{at(1, "10:00:00", "A", "u"), at(2, "10:01:00", "A", "u")} {
		require.NoError(t, x.Add(&event.Event{Source: "test", Line: i + 1, Raw: []byte(line)}, true))
	}
	all, _, err := x.Finish()
	require.NoError(t, err)
	assert.Nil(t, all[0].Suppressed)
	assert.True(t, all[1].Matched)
	assert.Equal(t, &engine.Suppressed{EventID: "1", Source: "test", Line: 1}, all[1].Suppressed)
}

// TestSuppressByAnExtract reads what the rule makes of other fields.
func TestSuppressByAnExtract(t *testing.T) {
	r := lowered.Rule(t, strings.Replace(suppressed, "suppress: {by: [host, User]", "extract: {Letter: {field: User, re: '^(.)'}}\nsuppress: {by: [Letter]", 1))
	assert.Equal(t, []string{"1", "3"}, enginetest.IDs(t, engine.Options{}, []*ir.Rule{r}, at(1, "10:00:00", "A", "ua"), at(2, "10:01:00", "B", "ub"), at(3, "10:02:00", "A", "v")))
}

// TestSuppressByAFieldThatIsNotThere warns: all values are then alike.
func TestSuppressByAFieldThatIsNotThere(t *testing.T) {
	_, found := engine.New([]*ir.Rule{lowered.Rule(t, strings.Replace(suppressed, "host, User", "Nothing", 1))}, engine.Options{Model: lowered.Model(t, "mde")})
	require.Len(t, found, 1)
	assert.Equal(t, "suppress-field", found[0].Code)
}

// TestALogWithoutTheFieldIsNamed: where a rule has several logs, the warning names the one that lacks the field.
func TestALogWithoutTheFieldIsNamed(t *testing.T) {
	_, found := engine.New([]*ir.Rule{lowered.Rule(t, strings.Replace(suppressed, "host, User", "ParentUser", 1))}, engine.Options{Model: lowered.Model(t, "windows")})
	require.Len(t, found, 1)
	assert.Equal(t, `data model windows has no field ParentUser in security_process_creation, a log source of "T"; alerts are suppressed whatever its value`, found[0].Message)
}

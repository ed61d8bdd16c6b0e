package engines

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

const rulesOfThree = `
-- who.yml --
title: Who
logsource: {product: windows, category: process_creation}
detection: {a: {Image|endswith: '\whoami.exe'}, condition: a}
---
title: User made
logsource: {product: aws, service: cloudtrail}
detection: {a: {eventName: CreateUser}, condition: a}
---
title: Elsewhere
logsource: {product: nobody, service: nothing}
detection: {a: {x: 1}, condition: a}
`

// set makes engines of models, and gives them with the titles of what matches.
func set(t *testing.T, models ...string) (*Set, *[]string) {
	t.Helper()
	clitest.Files(t, rulesOfThree)
	s, _, _ := clitest.Streams("")
	loaded, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"who.yml"}})
	require.NoError(t, err)
	var all []*schema.Model
	for _, name := range models {
		m, err := schema.Load(name)
		require.NoError(t, err)
		all = append(all, m)
	}
	titles := &[]string{}
	return New(loaded.Lowered(), all, engine.Options{MaxMemory: 1 << 30, Measure: true, OnResult: func(r engine.Result) { *titles = append(*titles, r.Rule.Source.Title) }}, false), titles
}

func titles(rs []*ir.Rule) (out []string) {
	for _, r := range rs {
		out = append(out, r.Source.Title)
	}
	return out
}

// TestARuleIsNotRunOnlyWhereNoModelHasItsLogSource: what one model lacks another has.
func TestARuleIsNotRunOnlyWhereNoModelHasItsLogSource(t *testing.T) {
	both, _ := set(t, "windows", "cloud")
	require.Len(t, both.Found, 1)
	assert.Equal(t, "data models windows, cloud have no such log source; the rule is not run", both.Found[0].Message)
	assert.ElementsMatch(t, []string{"Who", "User made"}, titles(both.Rules()))
	alone, _ := set(t, "windows")
	assert.Len(t, alone.Found, 2)
	assert.Equal(t, []string{"Who"}, titles(alone.Rules()))
}

// TestAnEventIsAskedOfItsOwnModelAlone, and figures are added up.
func TestAnEventIsAskedOfItsOwnModelAlone(t *testing.T) {
	s, matched := set(t, "windows", "cloud")
	who := `{"EventRecordID": 1, "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\whoami.exe"}`
	made := `{"eventID": "1", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser"}`
	for model, texts := range map[string][]string{"windows": {who, made}, "cloud": {made}} {
		for i, text := range texts {
			require.NoError(t, s.Of(model).Add(&event.Event{Source: model, Line: i + 1, Raw: []byte(text)}))
		}
	}
	stats, err := s.Finish()
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"Who", "User made"}, *matched)
	assert.Equal(t, engine.Stats{Events: 3, Foreign: 1}, stats)
	assert.Equal(t, engine.Stats{Events: 2, Foreign: 1}, s.Of("windows").Stats)
	assert.Equal(t, len(who)+2*len(made), s.Profile().Bytes)
	assert.Len(t, s.Profile().ByRules, 2)
	assert.Panics(t, func() { s.Of("mde") })
}

// models loads models by their names.
func models(t *testing.T, names ...string) (out []*schema.Model) {
	t.Helper()
	for _, name := range names {
		out = append(out, lowered.Model(t, name))
	}
	return out
}

// TestAFindingOfSeveralModelsIsToldOnce: only what models say differently is said twice.
func TestAFindingOfSeveralModelsIsToldOnce(t *testing.T) {
	s := &Set{}
	for _, m := range models(t, "windows", "cloud") {
		s.All = append(s.All, &Of{Model: m})
	}
	at := func(line int) diag.Range { return diag.Range{File: "r.yml", Start: diag.Position{Line: line}} }
	same, other := diag.Diagnostic{Code: "c", Message: "same", Range: at(1)}, diag.Diagnostic{Code: "c", Message: "other", Range: at(1)}
	lacks := func(line int) diag.Diagnostic {
		return diag.Diagnostic{Code: "no-log-source", Message: "one model", Range: at(line)}
	}
	neither := lacks(3)
	neither.Message, neither.Hint = "data models windows, cloud have no such log source; the rule is not run", "give it events of its log source"
	for name, c := range map[string]struct{ windows, cloud, want diag.Diagnostics }{
		"nothing":                 {},
		"both say it":             {diag.Diagnostics{same}, diag.Diagnostics{same}, diag.Diagnostics{same}},
		"they say different":      {diag.Diagnostics{same}, diag.Diagnostics{other, same}, diag.Diagnostics{same, other}},
		"one lacks a log source":  {diag.Diagnostics{lacks(2)}, nil, nil},
		"each lacks another":      {diag.Diagnostics{lacks(2)}, diag.Diagnostics{lacks(3)}, nil},
		"both lack a log source":  {diag.Diagnostics{lacks(3), same}, diag.Diagnostics{lacks(3)}, diag.Diagnostics{same, neither}},
		"both lack one of theirs": {diag.Diagnostics{lacks(2), lacks(3)}, diag.Diagnostics{lacks(3)}, diag.Diagnostics{neither}},
	} {
		assert.Equal(t, c.want, s.together([]diag.Diagnostics{c.windows, c.cloud}), name)
	}
}

// TestNotAskedIsToldModelByModel: each model names its own log sources.
func TestNotAskedIsToldModelByModel(t *testing.T) {
	excludes := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: x}, no: {OriginalFileName: y}, condition: s and not no}\n")
	windows := engine.NotAsked{Rule: excludes, LogSource: "security_process_creation", Field: "OriginalFileName"}
	for _, c := range []struct {
		models []string
		want   []engine.NotAsked
	}{
		{[]string{"windows"}, []engine.NotAsked{windows}},
		{[]string{"mde"}, nil},
		{[]string{"mde", "windows"}, []engine.NotAsked{windows}},
		{[]string{"windows", "windows"}, []engine.NotAsked{windows, windows}},
	} {
		assert.Equal(t, c.want, New([]*ir.Rule{excludes}, models(t, c.models...), engine.Options{}, false).NotAsked(), c.models)
	}
}

// TestARuleWithoutReputationIsNamedOnce, also where several models run it; one that does not ask is not named.
func TestARuleWithoutReputationIsNamedOnce(t *testing.T) {
	rule := func(title, rarity string) *ir.Rule {
		return lowered.Rule(t, "title: "+title+"\nlogsource: {product: windows, category: process_creation}\nprevalence:\n  rare: {field: sha1, "+rarity+"}\ndetection:\n  a: {Image: '*'}\n  condition: a and rare\n")
	}
	first, counts, second := rule("First", "global: {lt: 250}"), rule("Counts", "local: {distinct: host, lte: 1}"), rule("Second", "global: {lt: 9}")
	for _, names := range [][]string{{"mde"}, {"windows", "mde"}} {
		s := New([]*ir.Rule{first, counts, second}, models(t, names...), engine.Options{}, false)
		for _, of := range s.All {
			enginetest.Add(t, of.Engine, map[string]string{
				"mde":     enginetest.DefenderProcess(1, "10:00:00", "h", "aa", "x"),
				"windows": `{"EventRecordID":1,"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Image":"x","Hashes":"SHA1=AA"}`,
			}[of.Model.Name])
		}
		_, err := s.Finish()
		require.NoError(t, err)
		assert.Equal(t, []string{"First", "Second"}, titles(s.WithoutReputation()), names)
	}
}

// TestReplay holds that the models come one after the other, each in the order of its runs, and that figures are added
// up.
func TestReplay(t *testing.T) {
	who := lowered.Rule(t, "title: Who\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {CommandLine: whoami}, condition: a}\n")
	sysmon := func(id int, at string) string {
		return fmt.Sprintf(`{"EventRecordID": %d, "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "CommandLine": "whoami", "UtcTime": %q}`, id, at)
	}
	s := New([]*ir.Rule{who}, models(t, "windows", "mde"), engine.Options{}, true)
	require.Empty(t, s.Found)
	day := enginetest.Time("00:00:00").Format(time.DateOnly)
	for _, in := range []struct {
		model string
		lines []string
	}{
		{"mde", []string{
			enginetest.DefenderProcess(2, "08:30:00", "h", "x", "whoami"), enginetest.DefenderProcess(1, "07:10:00", "h", "x", "whoami"),
			`{"ActionType":"ProcessCreated","ReportId":3,"ProcessCommandLine":"whoami"}`,
		}},
		{"windows", []string{sysmon(4, day+" 10:20:00.000"), sysmon(5, "never")}},
	} {
		for i, line := range in.lines {
			require.NoError(t, s.Of(in.model).Add(&event.Event{Source: in.model, Line: i + 1, Raw: []byte(line)}))
		}
	}
	var alerts []string
	give := func(a engine.Alert) { alerts = append(alerts, a.At.Format("15:04")+" "+a.EventID) }
	hourly := func(*rules.Rule) rules.Schedule { return rules.Schedule{Every: time.Hour, Lookback: time.Hour} }
	timeless, stats, err := s.Replay(hourly, give)
	require.NoError(t, err)
	assert.Equal(t, []string{"11:00 4", "08:00 1", "09:00 2"}, alerts)
	assert.Equal(t, 2, timeless, "one of each model")
	assert.Equal(t, engine.Stats{Events: 5}, stats)
	assert.Equal(t, []int{2, 3}, []int{s.Of("windows").Stats.Events, s.Of("mde").Stats.Events})
}

// TestReplayRefusesAScheduleThatCannotBe at the first model.
func TestReplayRefusesAScheduleThatCannotBe(t *testing.T) {
	who := lowered.Rule(t, "title: Who\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {CommandLine: whoami}, condition: a}\n")
	s := New([]*ir.Rule{who}, models(t, "mde", "windows"), engine.Options{}, true)
	_, _, err := s.Replay(func(*rules.Rule) rules.Schedule { return rules.Schedule{} }, func(engine.Alert) { t.Error("an alert") })
	assert.EqualError(t, err, `rule "Who" cannot be replayed every 0s over the last 0s`)
}

package warnings

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/memory"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/engine"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

func titled(title string) *ir.Rule { return &ir.Rule{Source: &rules.Rule{Title: title}} }

func TestModel(t *testing.T) {
	for _, c := range []struct {
		model      string
		stats      engine.Stats
		recognised bool
		want       string
	}{
		{"mde", engine.Stats{Events: 2, Foreign: 2}, true, "no rule is for the log sources of the events of data model mde (it recognises log sources by ActionType)"},
		{"splunk-windows", engine.Stats{Events: 2, Foreign: 2}, true, "data model splunk-windows does not ask the log Security for windows/process_creation: a model file may add security_process_creation\n"},
		{"mde", engine.Stats{Events: 2, Foreign: 2}, false, "no event is from a log source of the rules in data model mde (it recognises events by ActionType)"},
		{"sigma", engine.Stats{Events: 2, Foreign: 1}, true, "data model sigma expects Sigma's own field names"},
		{"mde", engine.Stats{Events: 2, Foreign: 1}, false, ""},
	} {
		s, _, errs := clitest.Streams("")
		m, err := schema.Load(c.model)
		require.NoError(t, err)
		Model(s, m, []*ir.Rule{{Source: &rules.Rule{LogSource: rules.LogSource{Product: "windows", Category: "process_creation"}}, Condition: &ir.Const{Value: true}}}, c.stats, c.recognised)
		assert.Contains(t, errs.String(), c.want)
		assert.Equal(t, c.want == "", errs.Len() == 0)
	}
}

func TestUnseen(t *testing.T) {
	s, _, errs := clitest.Streams("")
	size := memory.Default
	Unseen(s, engine.Stats{Events: 9}, Limits{1, 2, &size})
	assert.Empty(t, errs.String())
	Unseen(s, engine.Stats{Evicted: 1, Dropped: 2, Uncounted: 3, Uncorrelated: 4, Unraised: 6, Textless: 5, Undated: 1, Timeless: 7, Unlike: 8, Guessed: `the time "1/2/26" was read as 2 January 2026`,
		Suspended: []engine.Suspension{{Rule: titled("Slow"), EventID: "1", Source: "e", Line: 1, Reason: "steps"}}}, Limits{10, 20, &size})
	assert.Contains(t, errs.String(), `warning: 1 process dropped at --max-processes 10 or --max-memory 1.0 GiB; ancestors may be missing
warning: 2 events dropped at --max-pending 20 or --max-memory 1.0 GiB; rules on ancestors or rarity did not see them
warning: 3 events not counted at --max-memory 1.0 GiB; rare values may be missing, or seem rarer than they are
warning: 4 matches dropped at --max-pending 20 or --max-memory 1.0 GiB; correlations and joins did not see them
warning: 6 alerts dropped at --max-memory 1.0 GiB; the backtest does not show them
warning: 5 matches of correlations shown with the group alone: the events did not fit in --max-memory 1.0 GiB
warning: 1 event without a readable time; rules with a lookback did not see them
warning: 7 matches without a readable time; correlations and joins did not see them
warning: 8 matches of rules with `+"`suppress`"+`, without a readable time; they are shown, and suppress none
warning: the time "1/2/26" was read as 2 January 2026; where day and month are ambiguous, the month comes first
error: `)
}

func TestNoReputation(t *testing.T) {
	s, _, errs := clitest.Streams("")
	NoReputation(s, []*ir.Rule{titled("A\x1b"), titled("B")})
	assert.Contains(t, errs.String(), `warning: rule "B" asks for reputation, but there is no --reputation table: every value counts as unknown`)
	assert.NotContains(t, errs.String(), "\x1b")
}

func TestNotRun(t *testing.T) {
	for n, counted := range map[int]bool{shownNotRun: false, shownNotRun + 1: true} {
		var found diag.Diagnostics
		found.Errorf("other", diag.Range{}, "", "something else")
		for range n {
			found.Warnf("no-log-source", diag.Range{}, "", "not here")
		}
		s, _, errs := clitest.Streams("")
		NotRun(s, &ruleset.Set{}, found, "mde")
		assert.Contains(t, errs.String(), "error[other]: something else")
		line := fmt.Sprintf("%d rules are not run: data model mde does not have their log sources\n", n)
		if counted {
			assert.Contains(t, errs.String(), line)
			errs.Reset()
			NotRun(s, &ruleset.Set{}, found, "mde, ecs")
			assert.Contains(t, errs.String(), " rules are not run: data models mde, ecs do not have their log sources\n")
			assert.NotContains(t, errs.String(), "not here")
		} else {
			assert.NotContains(t, errs.String(), line)
			assert.Contains(t, errs.String(), "not here")
		}
	}
}

func TestNotRunIsLinear(t *testing.T) {
	const n = 400
	clitest.Files(t, "-- many.yml --\n"+strings.Repeat("title: A\nlogsource: {product: windows}\ndetection: {a: {Image: x}, condition: a}\n---\n", n))
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"many.yml"}})
	require.NoError(t, err)
	require.Len(t, set.Rules, n)
	var found diag.Diagnostics
	for _, r := range set.Rules {
		found.Warnf("no-log-source", r.IR.Source.Range, "", "not here")
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	NotRun(s, set, found, "mde")
	runtime.ReadMemStats(&after)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20), "a walk through all rules for each that is not run takes more")
}

func TestNotAsked(t *testing.T) {
	s, _, errs := clitest.Streams("")
	NotAsked(s, nil)
	assert.Empty(t, errs.String())
	one, two := titled("One"), titled("Two")
	NotAsked(s, []engine.NotAsked{{Rule: one, LogSource: "log", Field: "X"}})
	assert.Equal(t, "warning: rule \"One\" is not run on some logs: it excludes by fields that they lack\n  no X in log\n", errs.String())
	errs.Reset()
	all := []engine.NotAsked{{Rule: one, LogSource: "log", Field: "Rare"}}
	for _, field := range []string{"A", "B", "C"} {
		all = append(all, engine.NotAsked{Rule: one, LogSource: "log", Field: field}, engine.NotAsked{Rule: two, LogSource: "log", Field: field})
	}
	NotAsked(s, all)
	assert.Equal(t, "warning: 2 rules are not run on some logs: they exclude by fields that these lack\n  no A in log (2)\n  no B in log (2)\n  no C in log (2)\n  and 1 more\n", errs.String())
}

func TestMissingFields(t *testing.T) {
	clitest.Files(t, `
-- one.yml --
title: One
logsource: {product: aws, service: cloudtrail}
detection: {a: {eventName: x, madeUp: y}, b: {madeUp: z}, condition: a or b}
-- more.yml --
title: More
logsource: {product: aws, service: cloudtrail}
detection: {a: {madeUp: x, f1: x, f2: x, f3: x, f4: x, f5: x, f6: x}, condition: a}
-- elsewhere.yml --
title: Elsewhere
logsource: {product: nothing, service: nothing}
detection: {a: {madeUp: x}, condition: a}
-- filters/f.yml --
title: Filter
logsource: {product: aws, service: cloudtrail}
filter: {rules: any, selection: {filtered: x}, condition: selection}
`)
	m, err := schema.Load("splunk-cloud")
	require.NoError(t, err)
	missing := func(f ruleset.Filters, paths ...string) string {
		s, _, errs := clitest.Streams("")
		set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: paths, Filters: f})
		require.NoError(t, err)
		errs.Reset()
		Unanswered(s, m, set.Lowered())
		return errs.String()
	}
	assert.Equal(t, "warning: rule \"One\" tests madeUp, a field that no event of data model splunk-cloud has\n", missing(ruleset.Filters{}, "one.yml", "elsewhere.yml"))
	assert.Equal(t, "warning: 2 rules test fields that no event of data model splunk-cloud has: madeUp (2), f1 (1), f2 (1), f3 (1), f4 (1) and 2 more\n", missing(ruleset.Filters{}, "one.yml", "more.yml"))
	assert.Equal(t, "warning: rule \"One\" tests fields that no event of data model splunk-cloud has: madeUp, filtered\n", missing(ruleset.Filters{Paths: []string{"filters"}}, "one.yml"))
	assert.Empty(t, missing(ruleset.Filters{}, "elsewhere.yml"), "a rule that is not run")
}

// TestPartlyAsked: a test that some logs of a rule cannot be asked is told with the logs, and one that none can as
// such.
func TestPartlyAsked(t *testing.T) {
	m, err := schema.Load("sentinel")
	require.NoError(t, err)
	for detection, want := range map[string]string{
		"a: {User|re: a.b}, condition: a":                        "warning: rule \"T\" has a test that data model sentinel cannot answer in some logs\n  security_process_creation: the domain and the name of User are in two columns: a pattern cannot span both\n",
		"a: {User|re: a.b}, b: {Image: x}, condition: a or b":    "warning: rule \"T\" has a test that data model sentinel cannot answer in some logs\n  security_process_creation: the domain and the name of User are in two columns: a pattern cannot span both\n",
		"a: {User: a.b, OriginalFileName: x}, condition: 1 of *": "",
	} {
		s, _, errs := clitest.Streams("")
		assert.False(t, Unanswered(s, m, []*ir.Rule{lowered.Rule(t, "detection: {"+detection+"}\n")}))
		assert.Equal(t, want, errs.String())
		NotAsked(s, []engine.NotAsked{{Rule: &ir.Rule{}, LogSource: "log", Field: "User", Why: "told already"}})
		assert.Equal(t, want, errs.String())
	}
}

// TestUntranslated: a test whose fields a data model has, and that it cannot answer, is told with the reason.
func TestUntranslated(t *testing.T) {
	clitest.Files(t, `
-- one.yml --
title: One
logsource: {product: windows, category: registry_set}
detection: {a: {Details: x}, b: {Details|fieldref: TargetObject}, condition: a and not b}
-- two.yml --
title: Two
logsource: {product: windows, category: registry_set}
detection: {a: {TargetObject|re: a.b, Image: x, TargetObject|endswith: x}, condition: a}
`)
	m, err := schema.Load("mde")
	require.NoError(t, err)
	blind := false
	told := func(paths ...string) string {
		s, _, errs := clitest.Streams("")
		set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: paths})
		require.NoError(t, err)
		errs.Reset()
		blind = Unanswered(s, m, set.Lowered())
		return errs.String()
	}
	const compared = "TargetObject is in two columns, key and name, and cannot be compared with another field"
	assert.Equal(t, "warning: rule \"One\" has a test that data model mde cannot answer\n  "+compared+"\n", told("one.yml"))
	assert.True(t, blind, "it excludes by that")
	assert.Equal(t, "warning: 2 rules have tests that data model mde cannot answer\n  \"One\": "+compared+"\n  \"Two\": TargetObject is in two columns, key and name: a pattern cannot span both\n", told("one.yml", "two.yml"))
	same := "title: %s\nlogsource: {product: windows, category: registry_set}\ndetection: {a: {Details|fieldref: TargetObject}, condition: a}\n"
	require.NoError(t, os.WriteFile("same.yml", []byte(fmt.Sprintf(same, "Three")+"---\n"+fmt.Sprintf(same, "Four")), 0o600))
	assert.Equal(t, "warning: 2 rules have tests that data model mde cannot answer\n  \"Three\", \"Four\": "+compared+"\n", told("same.yml"))
	assert.Equal(t, "warning: 3 rules have tests that data model mde cannot answer\n  \"One\", \"Three\" and 1 more: "+compared+"\n", told("one.yml", "same.yml"))
	either := "title: Five\nlogsource: {product: windows, category: registry_set}\ndetection: {a: [{Details|fieldref: TargetObject}, {Details: x}], condition: a}\n"
	require.NoError(t, os.WriteFile("either.yml", []byte(either), 0o600))
	assert.NotEmpty(t, told("either.yml"))
	assert.False(t, blind, "it finds the others")
}

// TestAskedNowhere: a test that no log answers is told as one of a field that none has, and not as one that some logs
// cannot be asked.
func TestAskedNowhere(t *testing.T) {
	m, err := schema.Load("mde")
	require.NoError(t, err)
	for detection, field := range map[string]string{
		"a: {Hashes|contains: 0123}, b: {Image: x}, condition: a or b": "Hashes",
		"a: {ParentImage|re: '.:.a.*b'}, condition: a":                 "",
	} {
		s, _, errs := clitest.Streams("")
		Unanswered(s, m, []*ir.Rule{lowered.Rule(t, "detection: {"+detection+"}\n")})
		if field == "" {
			assert.Empty(t, errs.String(), detection)
		} else {
			assert.Equal(t, "warning: rule \"T\" tests "+field+", a field that no event of data model mde has\n", errs.String(), detection)
		}
	}
}

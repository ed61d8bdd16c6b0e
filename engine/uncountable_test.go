package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

const rareByHash = "title: T\nlogsource: {product: windows, category: process_creation}\nprevalence: {rare: {field: sha1, local: {distinct: host, lte: 1}}}\ndetection: {a: {Image: x}, condition: a and rare}\n"

// TestEventsWithoutAValueAreUncountable: prevalence is named if no event had its value, and not if one had.
func TestEventsWithoutAValueAreUncountable(t *testing.T) {
	rule := lowered.Rule(t, rareByHash)
	const without, with = `"Image":"x"}`, `"Image":"x","Hashes":"SHA1=AA"}`
	const elsewhere = `"Image":"y"}` // of which the rule does not ask
	for _, c := range []struct {
		events []string
		count  int
	}{
		{[]string{without, without, elsewhere}, 2},
		{[]string{without, with}, 0},
		{[]string{elsewhere}, 0},
	} {
		e, found := engine.New([]*ir.Rule{rule}, engine.Options{Model: lowered.Model(t, "windows")})
		require.Empty(t, found)
		for i, event := range c.events {
			enginetest.Add(t, e, sysmonOne+fmt.Sprintf(`"EventRecordID":%d,`, i)+event)
		}
		_, _, err := e.Finish()
		require.NoError(t, err)
		var want []engine.Uncountable
		if c.count > 0 {
			want = []engine.Uncountable{{Kind: "prevalence", Rule: "T", Name: "rare", Fields: []string{"sha1"}, Count: c.count}}
		}
		assert.Equal(t, want, e.Uncountable(), c.events)
	}
}

// TestAnEventIsCountedOnceInAllRuns of a backtest that judge it.
func TestAnEventIsCountedOnceInAllRuns(t *testing.T) {
	b, found := engine.NewBacktest([]*ir.Rule{lowered.Rule(t, rareByHash)}, engine.Options{Model: lowered.Model(t, "windows")})
	require.Empty(t, found)
	for id := range 6 {
		enginetest.Add(t, b.Engine, sysmonOne+fmt.Sprintf(`"EventRecordID":%d,"Image":"x"}`, id))
	}
	every := func(*rules.Rule) rules.Schedule { return rules.Schedule{Every: time.Hour, Lookback: 3 * time.Hour} }
	_, _, err := b.Finish(every, func(engine.Alert) {})
	require.NoError(t, err)
	assert.Equal(t, []engine.Uncountable{{Kind: "prevalence", Rule: "T", Name: "rare", Fields: []string{"sha1"}, Count: 6}}, b.Uncountable())
}

// TestWhatACorrelationNeedsIsUncountable names an input that a correlation cannot do without, if none of its matches
// can be counted, in a run and in a replay of schedules.
func TestWhatACorrelationNeedsIsUncountable(t *testing.T) {
	const rs = "title: A\nname: a\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: a}, condition: s}\n---\n" +
		"title: B\nname: b\nlogsource: {product: windows, category: process_creation}\n%sdetection: {s: {Image: b}, condition: s%s}\n"
	const a, b, full = `"Image":"a","LogonId":"0x1"}`, `"Image":"b"}`, `"Image":"b","LogonId":"0x2"}`
	const ofB, ofAll = "b", "all"
	for _, c := range []struct {
		correlation string
		events      []string
		lacks       string
	}{
		{"type: temporal, rules: [a, b]", []string{a, b, b}, ofB},
		{"type: temporal_ordered, rules: [b, a]", []string{a, b}, ofB},
		{"type: temporal, rules: [a, b]", []string{a, b, full}, ""},
		{"type: temporal, rules: [a, b]", []string{a}, ""},
		{"type: temporal, rules: [a, b]", []string{b}, ofAll},
		{"type: temporal, rules: [a, b], condition: {gte: 1}", []string{a, b}, ""},
		{"type: temporal, rules: [a, b], condition: {gte: 2}", []string{a, b}, ofB},
		{"type: temporal, rules: [a, b], condition: a or b", []string{a, b}, ""},
		{"type: temporal, rules: [a, b], condition: a and not b", []string{a, b}, ""},
		{"type: temporal, rules: [a, b], condition: not (a or not b)", []string{a, b}, ofB},
		{"type: temporal, rules: [a, b], condition: not (a and not b)", []string{a, b}, ""},
		{"type: temporal, rules: [a, b], condition: 1 of them", []string{a, b}, ""},
		{"type: temporal, rules: [a, b], condition: all of them", []string{a, b}, ofB},
		{"type: event_count, rules: [a, b], condition: {gte: 1}", []string{a, b}, ""},
	} {
		for _, rare := range []bool{false, true} {
			more, and := "", ""
			if rare {
				more, and = "prevalence: {rare: {field: Image, local: {distinct: host, lte: 9}}}\n", " and rare"
			}
			rules, cs := lowered.Correlations(t, "title: T\ncorrelation: {"+c.correlation+", group-by: [LogonId], timespan: 1h}\n---\n"+fmt.Sprintf(rs, more, and))
			opt := engine.Options{Model: lowered.Model(t, "windows"), Correlations: cs}
			e, found := engine.New(rules, opt)
			require.Empty(t, found)
			backtest, _ := engine.NewBacktest(rules, opt)
			count := 0
			for i, event := range c.events {
				if event == b {
					count++
				}
				line := sysmonOne + fmt.Sprintf(`"Computer":"h","UtcTime":"2026-03-01 10:00:%02d.000","EventRecordID":%d,`, i, i) + event
				enginetest.Add(t, e, line)
				enginetest.Add(t, backtest.Engine, line)
			}
			_, _, err := e.Finish()
			require.NoError(t, err)
			_, _, err = backtest.Finish(hourly, func(engine.Alert) {})
			require.NoError(t, err)
			var want []engine.Uncountable
			if c.lacks != "" {
				want = []engine.Uncountable{{Kind: "correlation", Rule: "T", Fields: []string{"LogonId"}, Count: count}}
			}
			if c.lacks == ofB {
				want[0].Inputs = []string{"b"}
			}
			assert.Equal(t, want, e.Uncountable(), "%s: %s", c.correlation, c.events)
			assert.Equal(t, want, backtest.Uncountable(), "replayed, rare %t: %s: %s", rare, c.correlation, c.events)
		}
	}
}

func hourly(*rules.Rule) rules.Schedule { return rules.Schedule{Every: time.Hour, Lookback: time.Hour} }

// TestWhatIsToldApartIsUncountable names the field whose different values a join or prevalence counts, if nothing that
// is counted has it.
func TestWhatIsToldApartIsUncountable(t *testing.T) {
	rs := lowered.Rules(t, "title: J\nlogsource: {product: windows, category: process_creation}\njoins: {j: {rule: a, same: [host], before: 1h, count: {distinct: LogonId, gte: 1}}}\ndetection: {s: {Image: b}, condition: s and j}\n---\n"+
		"title: A\nname: a\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: a}, condition: s}\n---\n"+
		"title: P\nlogsource: {product: windows, category: process_creation}\nprevalence: {rare: {field: Image, local: {distinct: user, lte: 1}}}\ndetection: {s: {Image: a}, condition: s and rare}\n")
	at := func(second int, rest string) string {
		return sysmonOne + fmt.Sprintf(`"Computer":"h","UtcTime":"2026-03-01 10:00:%02d.000","EventRecordID":%d,`, second, second) + rest
	}
	opt := engine.Options{Model: lowered.Model(t, "windows")}
	for _, lacks := range []bool{true, false} {
		e, found := engine.New(rs, opt)
		require.Empty(t, found)
		b, _ := engine.NewBacktest(rs, opt)
		for _, add := range []*engine.Engine{e, b.Engine} {
			enginetest.Add(t, add, at(1, `"Image":"a"}`), at(2, `"Image":"a"}`), at(3, `"Image":"b"}`))
			if !lacks {
				enginetest.Add(t, add, at(4, `"Image":"a","LogonId":"0x1","User":"u"}`))
			}
		}
		_, _, err := e.Finish()
		require.NoError(t, err)
		_, _, err = b.Finish(hourly, func(engine.Alert) {})
		require.NoError(t, err)
		var want []engine.Uncountable
		if lacks {
			want = []engine.Uncountable{
				{Kind: "join", Rule: "J", Name: "j", Others: true, Fields: []string{"LogonId"}, Count: 2},
				{Kind: "prevalence", Rule: "P", Name: "rare", Others: true, Fields: []string{"user"}, Count: 3},
			}
		}
		assert.Equal(t, want, e.Uncountable())
		assert.Equal(t, want, b.Uncountable(), "replayed")
	}
}

// TestFirstSeenAsksNoLogWithoutItsFields: a rule that such a log cannot match is not asked of its events, nor is what
// its condition knows.
func TestFirstSeenAsksNoLogWithoutItsFields(t *testing.T) {
	rule := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\nfirst_seen: {new: {fields: [sha1], over: 1d}}\ndetection: {s: {Image: a}, condition: s and new}\n")
	const created = `{"EventID":4688,"Channel":"Security","UtcTime":"2026-03-01 10:00:00","EventRecordID":1,"NewProcessName":"a"}`
	opt := engine.Options{Model: lowered.Model(t, "windows")}
	_, stats := enginetest.Run(t, opt, []*ir.Rule{rule}, created)
	assert.Equal(t, 1, stats.Foreign)
	results, stats := enginetest.Run(t, opt, []*ir.Rule{rule}, created, sysmonOne+`"UtcTime":"2026-03-01 10:00:00","EventRecordID":2,"Image":"a","Hashes":"SHA1=AA"}`)
	assert.Len(t, results, 1)
	assert.Equal(t, 1, stats.Foreign)
}

// TestMatchesSuppressedForWantOfAField: a field that no match has is named, if a match was suppressed.
func TestMatchesSuppressedForWantOfAField(t *testing.T) {
	const head = "title: T\nname: r\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image: x}, condition: a}\n"
	const suppressed = head + "suppress: {by: [Usr, host], for: 1d}\n"
	const correlated = head + "---\ntitle: C\ncorrelation: {type: event_count, rules: [r], group-by: [host], timespan: 1m, condition: {gte: 1}}\nsuppress: {by: [host, Usr], for: 1d}\n"
	with := `"UtcTime":"2026-03-01 10:00:00.000","Image":"x","Usr":"u"}`
	without := `"UtcTime":"2026-03-01 10:00:00.000","Image":"x"}`
	for _, c := range []struct {
		rules  string
		events []string
		want   []engine.Uncountable
	}{
		{suppressed, []string{without, without}, []engine.Uncountable{{Kind: "suppress", Rule: "T", Fields: []string{"Usr"}, Count: 2}}},
		{suppressed, []string{without, with, with}, nil},
		{suppressed, []string{without, without, strings.Replace(with, `"Usr":"u"`, `"Usr":""`, 1)}, nil},
		{suppressed, []string{without}, nil}, // which nothing hides
		{correlated, []string{without, without}, []engine.Uncountable{{Kind: "suppress", Rule: "C", Fields: []string{"Usr"}, Count: 2}}},
	} {
		rs, correlations := lowered.Correlations(t, c.rules)
		opt := engine.Options{Model: lowered.Model(t, "windows"), Correlations: correlations}
		e, found := engine.New(rs, opt)
		require.False(t, found.HasErrors(), found)
		b, _ := engine.NewBacktest(rs, opt)
		for id, event := range c.events {
			for _, to := range []*engine.Engine{e, b.Engine} {
				enginetest.Add(t, to, sysmonOne+fmt.Sprintf(`"EventRecordID":%d,"Computer":"pc",`, id)+event)
			}
		}
		_, _, err := e.Finish()
		require.NoError(t, err)
		assert.Equal(t, c.want, e.Uncountable(), c.rules)
		every := func(*rules.Rule) rules.Schedule { return rules.Schedule{Every: time.Hour, Lookback: time.Hour} }
		_, _, err = b.Finish(every, func(engine.Alert) {})
		require.NoError(t, err)
		assert.Equal(t, c.want, b.Uncountable(), "replayed: %s", c.rules)
	}
}

// TestAFieldOfAnAncestorIsNamedWhole: what a log lacks is the parent's field, and not the process's own.
func TestAFieldOfAnAncestorIsNamedWhole(t *testing.T) {
	rs, cs := lowered.Correlations(t, "title: A\nname: a\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: x}, condition: s}\n---\n"+
		"title: C\ncorrelation: {type: event_count, rules: [a], group-by: [ParentUser], timespan: 1h, condition: {gte: 2}}\n")
	_, found := engine.New(rs, engine.Options{Model: lowered.Model(t, "windows"), Correlations: cs})
	require.Len(t, found, 1)
	assert.Equal(t, `data model windows has no field parent's User in security_process_creation, a log source of "A"; a correlation counts none of its events`, found[0].Message)
}

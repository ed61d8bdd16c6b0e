package conformance

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/source"
	"decree/tests/fixture"
)

const engineInputs = `title: A
name: a
logsource: {product: windows}
` + kindsOfLists + `detection: {s: {Kind|expand: '%kinds%'}, condition: s}
---
title: B
name: b
logsource: {product: windows}
detection: {s: {Other|cased: X}, condition: s}
---
title: C
name: c
logsource: {product: windows}
detection: {s: {Kind: x}, condition: s}
---
`

// kindsOfLists is a list of lists that comes to one value, and inputFilter what is laid over the rule c.
const (
	kindsOfLists = "lists: {kinds: {union: [inner, other]}, inner: {union: [one]}, one: [X], other: [nothing]}\n"
	inputFilter  = "title: F\nlogsource: {product: windows}\nfilter: {rules: [c], n: {Other: x}, condition: not n}\n"
)

var engineMeant = map[string]func(splRow) bool{
	"a": func(e splRow) bool { return e["Kind"] == "x" },
	"b": func(e splRow) bool { return e["Other"] == "X" },
	"c": func(e splRow) bool {
		other, _ := e["Other"].(string)
		return e["Kind"] == "x" && !strings.EqualFold(other, "x")
	},
}

// TestEngineCorrelationsFindWhatTheyMean runs correlations on random events and compares what they find with what every
// match compared with every other gives, on one worker and on several.
func TestEngineCorrelationsFindWhatTheyMean(t *testing.T) {
	t.Parallel()
	matched := map[rules.CorrelationType]int{}
	for seed := range fixture.Times[uint64](200, 2000) {
		r := rand.New(rand.NewPCG(seed, 2))
		text := splRandomCorrelation(r)
		events := splRandomEvents(r)
		rs, cs := engineCorrelations(t, text)
		want := map[string]int{}
		top := cs[len(cs)-1]
		for _, o := range (naive{events: events, rules: engineMeant}).correlate(top) {
			want[events[o.event]["id"].(string)]++
		}
		for workers := 1; workers <= 3; workers += 2 {
			e, found := engine.New(rs, engine.Options{Correlations: cs})
			require.Empty(t, found)
			in, err := event.NewReader("x.ndjson", strings.NewReader(asLines(t, events)), event.Options{})
			require.NoError(t, err)
			require.NoError(t, e.Run(in, "x", workers, nil))
			results, stats, err := e.Finish()
			require.NoError(t, err)
			require.Zero(t, stats.Timeless+stats.Uncorrelated)
			got := map[string]int{}
			for _, result := range results {
				if result.Rule.Source == top.Source.Body {
					got[result.EventID]++
				}
			}
			if !assert.Equal(t, want, got, "seed %d\n%s\n%s", seed, text, splShow(events)) {
				return
			}
		}
		for _, n := range want {
			matched[top.Source.Type] += n
		}
	}
	t.Log(matched)
	for _, kind := range []rules.CorrelationType{rules.EventCount, rules.ValueCount, rules.ValueSum, rules.ValueAvg, rules.ValueMin, rules.ValueMax, rules.ValueMedian,
		rules.ValuePercentile, rules.Temporal, rules.TemporalOrdered} {
		assert.Greater(t, matched[kind], fixture.Times(1, 20), kind)
	}
}

// engineCorrelations lowers the rules a, b and c and the correlations of a text that stands beside them.
func engineCorrelations(t *testing.T, text string) ([]*ir.Rule, []*ir.Correlation) {
	t.Helper()
	read, found := parse.Documents("rule.yml", []byte(engineInputs+text), nil)
	require.Empty(t, found, text)
	linked, found := parse.Link(read.Rules, read.Correlations)
	require.Empty(t, found, text)
	lowered := filteredInputs(t, read.Rules)
	var rs []*ir.Rule
	for _, rule := range read.Rules {
		rs = append(rs, lowered[rule])
	}
	cs, found := ir.LowerCorrelations(linked, lowered)
	require.Empty(t, found)
	return rs, cs
}

// filteredInputs lowers rules and lays the filter over those that it covers.
func filteredInputs(t *testing.T, rs []*rules.Rule) map[*rules.Rule]*ir.Rule {
	t.Helper()
	return filteredBy(t, rs, inputFilter)
}

// filteredBy lowers rules and lays the filters of a text over those that they cover.
func filteredBy(t testing.TB, rs []*rules.Rule, text string) map[*rules.Rule]*ir.Rule {
	t.Helper()
	var filters []*rules.Filter
	if text != "" {
		var found diag.Diagnostics
		filters, found = parse.Filters(source.NewFolder("", fstest.MapFS{"f.yml": {Data: []byte(text)}}), "f.yml", parse.FilterByForm)
		require.False(t, found.HasErrors(), "%s\n%v", text, found)
	}
	lowered := map[*rules.Rule]*ir.Rule{}
	for _, one := range rs {
		r, found := ir.Lower(one)
		require.Empty(t, found)
		for _, f := range filters {
			if f.Covers(one) {
				required, found := ir.LowerFilter(f)
				require.Empty(t, found, text)
				r = r.Filtered(f, required)
			}
		}
		lowered[one] = r
	}
	return lowered
}

// asLines writes events as the data model sigma names their time and id.
func asLines(t *testing.T, events []splRow) string {
	var b strings.Builder
	for _, e := range events {
		fields := map[string]any{"UtcTime": time.UnixMilli(int64(e["_time"].(float64) * 1000)).UTC().Format("2006-01-02 15:04:05.000"), "EventRecordID": e["id"]}
		for k, v := range e {
			if _, err := strconv.Atoi(k); err != nil && k != "_time" && k != "id" {
				fields[k] = v
			}
		}
		line, err := json.Marshal(fields)
		require.NoError(t, err)
		b.Write(line)
		b.WriteByte('\n')
	}
	return b.String()
}

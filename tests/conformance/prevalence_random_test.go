package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/engine"
	"decree/rules/schema"
	"decree/tests/fixture"
	"decree/tests/fixture/lowered"
)

// rarityEntities are those of the random events: every event has a host, not every one a user or a value.
var rarityEntities = map[string]schema.Column{"host": {Name: "Kind"}, "user": {Name: "V"}, "sha1": {Name: "U"}, "domain": {Name: "W"}}

// randomPrevalence writes a rule that asks how rare values are, in the lookback or in a longer period.
func randomPrevalence(r *rand.Rand, logsource string, lookback int) string {
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	one := func() string {
		text := "{field: " + pick("sha1", "sha1", "domain", "user", "N", "Part") + pick("", ", among: s", ", among: y") + ", local: {distinct: " + pick("host", "user", "user", "W", "Part")
		if r.IntN(4) > 0 {
			text += fmt.Sprintf(", over: %ds", lookback+1+r.IntN(10))
		}
		switch r.IntN(4) {
		case 0:
			text += fmt.Sprintf(", rarest: %d", 1+r.IntN(2))
		case 1:
			text += fmt.Sprintf(", eq: %d", r.IntN(3))
		case 2:
			text += fmt.Sprintf(", gte: 1, lte: %d", 1+r.IntN(2))
		default:
			text += fmt.Sprintf(", lt: %d", 1+r.IntN(2))
		}
		return text + "}}\n"
	}
	text := fmt.Sprintf("title: T\nlogsource: %s\nschedule: {every: 5s, lookback: %ds}\nprevalence:\n  one: %s", logsource, lookback, one())
	condition := pick("s and one", "s and not one", "one", "y or one", "s and one and two", "s and (one or two)", "y and one and not two")
	if strings.Contains(condition, "two") {
		text += "  two: " + one()
	}
	if strings.Contains(text, "Part") {
		text += "extract: {Part: {field: W, split: ':', at: 0}}\n"
	}
	return text + "detection:\n  s: {N: ['1', '2', '2.5']}\n  y: {Other: x}\n  condition: " + condition + "\n"
}

// TestKQLCountsRandomPeriodsAsTheEngine runs queries of random populations over random events, as runs of a schedule.
func TestKQLCountsRandomPeriodsAsTheEngine(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	m := kqlEvents()
	m.Sources[0].Entities = rarityEntities
	matched := 0
	for round := range fixture.Times[uint64](1, 4) {
		opt := engine.Options{Model: m, Now: time.Unix(1700000000+12, 0).UTC()}
		events := slices.DeleteFunc(flatEvents(splRandomEvents(rand.New(rand.NewPCG(round, 61)))), func(e splRow) bool { return e["_time"].(float64) > 1700000012 })
		rec := eventsTable(t, m, events, "ReportId")
		var all []finding
		for seed := range uint64(12) {
			r := rand.New(rand.NewPCG(round, 700+seed))
			text := randomPrevalence(r, "{product: windows}", 2+r.IntN(6))
			rule := lowered.Rule(t, text)
			want := joinsFound(t, rule, kqlRows(t, events), opt)
			q, found := kql.New().Compile(rule, compilers.Options{Model: m})
			require.Empty(t, found, text)
			matched += len(want)
			all = append(all, finding{text, q.Text, want})
		}
		queriesFind(t, rec, opt.Now.Format(time.RFC3339), all, "round ", round, "\n", splShow(events))
	}
	assert.Greater(t, matched, 5)
}

// TestSPLCountsRandomPeriodsAsTheEngine runs searches of random populations over random events.
func TestSPLCountsRandomPeriodsAsTheEngine(t *testing.T) {
	t.Parallel()
	m, own := openModel(t, "splunk-windows"), kqlEvents()
	own.Sources[0].Entities = rarityEntities
	for i := range m.Sources {
		m.Sources[i].Entities = rarityEntities
	}
	matched := 0
	for seed := range fixture.Times[uint64](300, 3000) {
		r := rand.New(rand.NewPCG(seed, 71))
		text := randomPrevalence(r, "{product: windows, service: security}", 2+r.IntN(6))
		rule := lowered.Rule(t, text)
		q, found := spl.New().Compile(rule, compilers.Options{Model: m})
		require.NotNil(t, q, "%s\n%v", text, found)
		_, err := checkSPL(q.Text)
		require.NoError(t, err, q.Text)
		events := slices.DeleteFunc(flatEvents(splRandomEvents(r)), func(e splRow) bool { return e["_time"].(float64) >= 1700000012 })
		security := slices.DeleteFunc(slices.Clone(events), func(e splRow) bool { return e["source"] != "XmlWinEventLog:Security" })
		engineRule := lowered.Rule(t, strings.Replace(text, ", service: security", "", 1))
		want := joinsFound(t, engineRule, kqlRows(t, security), engine.Options{Model: own, Now: time.Unix(1700000012, 0).UTC()})
		got := splFound(q.Text, events, &splWorld{now: 1700000012}, "id")
		require.ElementsMatch(t, want, got, "seed %d\n%s\n%s\n%s", seed, text, q.Text, splShow(events))
		matched += len(want)
	}
	assert.Greater(t, matched, 150)
}

package conformance

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/engine"
	"decree/engine/event"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// kqlEvents is a data model of one table that has the fields of the random events.
func kqlEvents() *schema.Model {
	columns := map[string]string{"Timestamp": "datetime", "ReportId": "string"}
	fields := map[string]schema.Column{}
	for _, name := range []string{"Kind", "Other", "U", "V", "W", "N", "ip"} {
		columns[name] = "string"
		fields[name] = schema.Column{Name: name}
	}
	return &schema.Model{Name: "events", Time: []string{"Timestamp"}, ID: []string{"ReportId"}, EmptyIsMissing: true,
		Sources: []schema.Source{{Name: "events", Product: "windows", Table: "Events", Columns: columns, Fields: fields}}}
}

// TestKQLCorrelationsFindWhatTheyMean runs compiled correlations over random events and compares the rows with what
// every match compared with every other gives.
func TestKQLCorrelationsFindWhatTheyMean(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	m := kqlEvents()
	matched := map[rules.CorrelationType]int{}
	for round := range uint64(4) {
		events := flatEvents(splRandomEvents(rand.New(rand.NewPCG(round, 3))))
		rec := eventsTable(t, m, events, "Event")
		var all []finding
		for seed := range uint64(18) {
			text := splRandomCorrelation(rand.New(rand.NewPCG(round, 100+seed)))
			c := inputsOf(t, text)
			q, found := kql.New().CompileCorrelation(c, compilers.Options{Model: m})
			require.Empty(t, found, text)
			want := []string{}
			for _, o := range (naive{events: events, rules: engineMeant}).correlate(c) {
				want = append(want, events[o.event]["id"].(string))
			}
			slices.Sort(want)
			matched[c.Source.Type] += len(want)
			all = append(all, finding{text, q.Text, want})
		}
		queriesFind(t, rec, now, all, "round ", round, "\n", splShow(events))
	}
	t.Log(matched)
	for _, kind := range []rules.CorrelationType{rules.EventCount, rules.ValueCount, rules.ValueSum, rules.ValueAvg, rules.ValueMin, rules.ValueMax, rules.ValueMedian,
		rules.ValuePercentile, rules.Temporal, rules.TemporalOrdered} {
		assert.Positive(t, matched[kind], kind)
	}
}

const kqlLogons = "correlation: {type: event_count, rules: [a], group-by: U, timespan: 10m, condition: {gte: 2}}\n"

// TestKQLWindowsSlide: a pair that straddles a boundary of the clock, or of the bins that narrow the join, still
// counts.
func TestKQLWindowsSlide(t *testing.T) {
	t.Parallel()
	agree(t, []namedCorrelation{
		{"across the full hour", kqlLogons, []splRow{at(-1, "id=1", "Kind=x", "U=u"), at(1, "id=2", "Kind=x", "U=u")}, []string{"2"}},
		{"exactly a timespan apart", kqlLogons, []splRow{at(-300, "id=1", "Kind=x", "U=u"), at(300, "id=2", "Kind=x", "U=u")}, []string{"2"}},
		{"a moment more", kqlLogons, []splRow{at(-300, "id=1", "Kind=x", "U=u"), at(300.25, "id=2", "Kind=x", "U=u")}, []string{}},
		{"at one time, both", kqlLogons, []splRow{at(0, "id=1", "Kind=x", "U=u"), at(0, "id=2", "Kind=x", "U=U")}, []string{"1", "2"}},
	})
}

// TestKQLRangesChainsAndTuples: both bounds of a range hold, correlations read correlations, and several fields count
// as one.
func TestKQLRangesChainsAndTuples(t *testing.T) {
	t.Parallel()
	pair := func(i string, u, v string) splRow { return at(float64(len(i)), "id="+i, "Kind=x", "U="+u, "V="+v) }
	agree(t, []namedCorrelation{
		{"a range", "correlation: {type: event_count, rules: [a], timespan: 10m, condition: {gt: 1, lte: 2}}\n",
			[]splRow{at(0, "id=1", "Kind=x"), at(1, "id=2", "Kind=x"), at(2, "id=3", "Kind=x")}, []string{"2"}},
		{"a chain", "correlation: {type: temporal_ordered, rules: [d, b], group-by: U, timespan: 1m}\n---\ntitle: D\nname: d\n" + kqlLogons,
			[]splRow{at(0, "id=1", "Kind=x", "U=u"), at(1, "id=2", "Other=X", "U=u"), at(2, "id=3", "Kind=x", "U=u"), at(3, "id=4", "Other=X", "U=u")}, []string{"4"}},
		{"tuples", "correlation: {type: value_count, rules: [a], timespan: 10m, condition: {field: [U, V], gte: 3}}\n",
			[]splRow{pair("1", "u", "v"), pair("22", "u", "w"), pair("333", "U", "V"), pair("4444", "w", "v")}, []string{"4444"}},
	})
}

type namedCorrelation struct {
	name, text string
	events     []splRow
	want       []string
}

// agree runs correlations in the engine and as KQL.
func agree(t *testing.T, cases []namedCorrelation) {
	t.Helper()
	m := kqlEvents()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rs, cs := engineCorrelations(t, "title: T\n"+c.text)
			e, found := engine.New(rs, engine.Options{Correlations: cs})
			require.Empty(t, found)
			in, err := event.NewReader("x.ndjson", strings.NewReader(asLines(t, c.events)), event.Options{})
			require.NoError(t, err)
			require.NoError(t, e.Run(in, "x", 1, nil))
			results, _, err := e.Finish()
			require.NoError(t, err)
			got := []string{}
			for _, r := range results {
				if r.Rule.Source.Title == "T" {
					got = append(got, r.EventID)
				}
			}
			assert.Equal(t, c.want, got, "the engine")

			q, found := kql.New().CompileCorrelation(cs[len(cs)-1], compilers.Options{Model: m})
			require.Empty(t, found)
			file := filepath.Join(t.TempDir(), "events.ndjson")
			require.NoError(t, os.WriteFile(file, []byte(kqlRows(t, c.events)), 0o600))
			tables := Tables{"Events": m.Sources[0].Columns}
			checked := CheckKQL(t, []string{q.Text}, tables, now, "Timestamp")[0]
			require.Empty(t, checked.Errors, q.Text)
			assert.Equal(t, c.want, RunKQL(t, []string{checked.Text}, Recording{Tables: tables, Events: map[string]string{"Events": file}, ID: "Event"})[0], "KQL")
		})
	}
}

// inputsOf lowers the last correlation of a text that stands beside the rules a, b and c of engineInputs.
func inputsOf(t *testing.T, text string) *ir.Correlation {
	t.Helper()
	_, cs := engineCorrelations(t, text)
	return cs[len(cs)-1]
}

// flatEvents have one value a field, or none. duckdb-kql sorts the numbers of an array as texts, which array_sort_asc
// does not: theirs are such that both are the same.
// https://learn.microsoft.com/en-us/kusto/query/array-sort-asc-function
func flatEvents(events []splRow) []splRow {
	for _, e := range events {
		for k, v := range e {
			if many, ok := v.([]string); ok {
				e[k] = many[0]
			}
			if v == "" {
				delete(e, k)
			}
			if text, _ := v.(string); k == "N" && (text == "10" || text == "-3") {
				e[k] = map[string]string{"10": "9", "-3": "0"}[text]
			}
		}
	}
	return events
}

func kqlRows(t *testing.T, events []splRow) string {
	var b strings.Builder
	for _, e := range events {
		row := map[string]any{"Timestamp": time.UnixMilli(int64(e["_time"].(float64) * 1000)).UTC().Format("2006-01-02 15:04:05.000"), "ReportId": e["id"]}
		if at, late := e["_arrived"].(float64); late {
			row["Arrived"] = time.UnixMilli(int64(at * 1000)).UTC().Format("2006-01-02 15:04:05.000")
		}
		for _, name := range []string{"Kind", "Other", "U", "V", "W", "N"} {
			if v, ok := e[name]; ok {
				row[name] = v
			}
		}
		line, err := json.Marshal(row)
		require.NoError(t, err)
		b.Write(append(line, '\n'))
	}
	return b.String()
}

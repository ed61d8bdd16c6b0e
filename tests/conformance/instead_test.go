package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
	"decree/tests/stories"
)

// insteadRules ask how rare the user of an event is, who is the Target of some events and the Subject of others. What is
// known of the events that are counted is not known of those that are asked about.
var insteadRules = map[string]string{
	"counted and asked":         "prevalence: {rare: {field: user, among: logon, local: {distinct: host, lte: 1}}}\ndetection: {logon: {EventID: 4624}, condition: logon and rare}",
	"counted in others":         "prevalence: {rare: {field: user, among: logon, local: {distinct: host, lte: 1}}}\ndetection: {logon: {EventID: 4624}, start: {EventID: 4688}, condition: start and rare}",
	"others are counted":        "prevalence: {rare: {field: user, among: start, local: {distinct: host, lte: 1}}}\ndetection: {logon: {EventID: 4624}, start: {EventID: 4688}, condition: logon and rare}",
	"all are counted":           "prevalence: {rare: {field: user, local: {distinct: host, lte: 2}}}\ndetection: {start: {EventID: 4688}, condition: start and rare}",
	"either is asked":           "prevalence: {rare: {field: user, among: logon, local: {distinct: host, lte: 1}}}\ndetection: {logon: {EventID: 4624}, start: {EventID: [4624, 4688]}, condition: start and rare}",
	"the user tells the events": "prevalence: {rare: {field: user, among: logon, local: {distinct: host, lte: 2}}}\ndetection: {logon: {user: bob}, start: {EventID: 4688}, condition: start and rare}",
	"users are counted":         "prevalence: {rare: {field: host, among: logon, local: {distinct: user, gte: 2}}}\ndetection: {logon: {EventID: 4624}, start: {EventID: 4688}, condition: start and rare}",
	"users of all are counted":  "prevalence: {rare: {field: host, local: {distinct: user, gte: 3}}}\ndetection: {start: {EventID: 4688}, condition: start and rare}",
	"a longer period":           "prevalence: {rare: {field: user, among: logon, local: {distinct: host, lte: 1, over: 1d}}}\ndetection: {logon: {EventID: 4624}, start: {EventID: 4688}, condition: start and rare}",
	"not rare":                  "prevalence: {rare: {field: user, among: logon, local: {distinct: host, lte: 1}}}\ndetection: {logon: {EventID: 4624}, start: {EventID: 4688}, condition: start and not rare}",
	"never seen before":         "first_seen: {rare: {fields: [user], over: 1h, among: logon}}\ndetection: {logon: {EventID: 4624}, start: {EventID: 4688}, condition: start and rare}",
}

// TestQueriesCountTheUserOfEachEvent runs them by the engine and as queries.
func TestQueriesCountTheUserOfEachEvent(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	var events, rows []doc
	for i, e := range [][4]string{
		{"4624", "A", "sys", "bob"}, {"4624", "B", "sys", "Bob"}, {"4624", "C", "sys", "eve"}, {"4624", "A", "sys", "ann"}, {"4688", "A", "bob", "eve"}, {"4688", "A", "Eve", "bob"}, {"4688", "A", "sys", "eve"}, {"4672", "B", "eve", ""}, {"4688", "C", "new", "bob"},
	} {
		id, at := fmt.Sprint(i+1), stories.Now.Add(time.Duration(i-30)*time.Minute).Format(time.RFC3339)
		data := map[string]string{"SubjectUserName": e[2]}
		row := doc{"SourceComputerId": id, "TimeGenerated": at, "Type": "SecurityEvent", "Channel": "Security", "EventID": json.Number(e[0]), "Computer": e[1], "SubjectUserName": e[2]}
		if e[3] != "" {
			data["TargetUserName"], row["TargetUserName"] = e[3], e[3]
		}
		events = append(events, record{id: id, channel: "Security", code: e[0], computer: e[1], instant: at, data: data}.splunk(t))
		rows = append(rows, row)
	}
	sentinel := onlySource(t, "sentinel", "security")
	sentinel.ID = []string{"SourceComputerId"}
	splunk, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	splunk.ID = []string{"RecordID"}
	file, rowFile, splRow := writeEvents(t, events), writeEvents(t, rows), splRows(t, events)
	var runnable []string
	var wanted [][]string
	names := slices.Sorted(maps.Keys(insteadRules))
	var queries []string
	for _, name := range names {
		r := lowered.Rule(t, "schedule: {every: 1h, lookback: 2h}\nlogsource: {product: windows, service: security}\n"+insteadRules[name]+"\n")
		want := RunEngine(t, r, splunk, file, splVerdicts())
		assert.NotEmpty(t, want, "%s proves nothing", name)
		q, problems := spl.New().Compile(r, compilers.Options{Model: splunk, Approximate: []string{"all"}})
		require.NotNil(t, q, "%s: %v", name, problems)
		assert.ElementsMatch(t, want, splFound(q.Text, splRow, &splWorld{now: float64(stories.Now.Unix())}, "RecordID"), "%s\n%s", name, q.Text)
		inTable := RunEngine(t, r, sentinel, rowFile, splVerdicts())
		assert.ElementsMatch(t, want, inTable, "%s: the engine on a table", name)
		queries, wanted = append(queries, compileIR(t, r, sentinel)), append(wanted, inTable)
	}
	for i, c := range CheckKQL(t, queries, tablesOf(t, sentinel), now, "TimeGenerated") {
		require.Empty(t, c.Errors, "%s\n%s", names[i], queries[i])
		runnable = append(runnable, c.Text)
	}
	for i, got := range RunKQL(t, runnable, Recording{Tables: tablesOf(t, sentinel), Events: map[string]string{"SecurityEvent": rowFile}, ID: "SourceComputerId"}) {
		assert.ElementsMatch(t, wanted[i], got, "%s\n%s", names[i], queries[i])
	}
}

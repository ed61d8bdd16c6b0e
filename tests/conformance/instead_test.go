package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
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

// insteadRules ask how rare the user of an event is, who is the Target of some events and the Subject of others. What
// is known of the events that are counted is not known of those that are asked about.
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

// TestAncestorsHaveTheirOwnColumn asks for what is in one of two columns of the creation event of a parent. What the
// rule asks of its own event is not known of that one.
func TestAncestorsHaveTheirOwnColumn(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	type process struct{ id, parent, integrity, user, upn, line, path string }
	all := []process{
		{"1", "10", "Low", "bob", "eve", "a", "b"}, {"2", "1", "High", "x", "y", "", ""}, // the parent's is the user
		{"3", "10", "High", "eve", "bob", "", "a"}, {"4", "3", "High", "x", "y", "", ""}, // the other one
		{"5", "10", "High", "bob", "eve", "b", "a"}, {"6", "5", "High", "x", "y", "", ""}, // neither
	}
	mdeModel, _ := mde(t)
	mdeModel.Sources[0].Ancestors[1]["User"] = schema.Column{Name: "InitiatingProcessAccountName", Instead: schema.Instead{Column: "InitiatingProcessAccountUpn", When: "ProcessIntegrityLevel", Is: []string{"high"}}}
	mdeModel.Sources[0].Ancestors[1]["CommandLine"] = schema.Column{Name: "InitiatingProcessCommandLine", OrElse: "InitiatingProcessFolderPath"}
	splunk, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	splunk.ID = []string{"RecordID"}
	splunk.Sources[0].Ancestors[1]["User"] = schema.Column{Name: "ParentUser", Instead: schema.Instead{Column: "ParentUpn", When: "IntegrityLevel", Is: []string{"high"}}}
	splunk.Sources[0].Ancestors[1]["CommandLine"] = schema.Column{Name: "ParentCommandLine", OrElse: "ParentPath"}
	born := func(id string) time.Time {
		n, _ := strconv.Atoi(id)
		return stories.Now.Add(time.Duration(n-40) * time.Minute)
	}
	var rows, events []doc
	for _, p := range all {
		at := born(p.id).Format(time.RFC3339)
		row := doc{"ReportId": json.Number(p.id), "Timestamp": at, "ActionType": "ProcessCreated", "DeviceId": "d", "DeviceName": "h", "ProcessId": json.Number(p.id), "ProcessCreationTime": at, "InitiatingProcessId": json.Number(p.parent),
			"InitiatingProcessCreationTime": born(p.parent).Format(time.RFC3339), "ProcessIntegrityLevel": p.integrity, "InitiatingProcessAccountName": p.user, "InitiatingProcessAccountUpn": p.upn, "InitiatingProcessCommandLine": p.line,
			"InitiatingProcessFolderPath": p.path}
		data := map[string]string{"ProcessGuid": "{" + p.id + "}", "ParentProcessGuid": "{" + p.parent + "}", "IntegrityLevel": p.integrity, "ParentUser": p.user, "ParentUpn": p.upn, "ParentCommandLine": p.line, "ParentPath": p.path}
		rows, events = append(rows, row), append(events, record{id: p.id, channel: sysmonChannel, code: "1", computer: "h", instant: at, data: data}.splunk(t))
	}
	rowFile, file, splRow := writeEvents(t, rows), writeEvents(t, events), splRows(t, events)
	var queries []string
	wanted := map[string][]string{
		"{User: bob}": {"2", "4"}, "{User: eve}": {"6"}, "{CommandLine: a}": {"2", "4"}, "{CommandLine|startswith: b}": {"6"},
	}
	asked := slices.Sorted(maps.Keys(wanted))
	for _, above := range asked {
		r := lowered.Rule(t, header+"ancestry: {g: {grandparent: "+above+"}}\ndetection: {s: {IntegrityLevel: High}, condition: s and g}\n")
		assert.ElementsMatch(t, wanted[above], RunEngine(t, r, splunk, file, splVerdicts()), "the engine, on events: %s", above)
		assert.ElementsMatch(t, wanted[above], RunEngine(t, r, mdeModel, rowFile, splVerdicts()), "the engine, on a table: %s", above)
		q, problems := spl.New().Compile(r, compilers.Options{Model: splunk, Approximate: []string{"all"}})
		require.NotNil(t, q, "%s: %v", above, problems)
		assert.ElementsMatch(t, wanted[above], splFound(q.Text, splRow, &splWorld{now: float64(stories.Now.Unix())}, "RecordID"), "%s\n%s", above, q.Text)
		queries = append(queries, compileIR(t, r, mdeModel))
	}
	var runnable []string
	for i, c := range CheckKQL(t, queries, tablesOf(t, mdeModel), now, "Timestamp") {
		require.Empty(t, c.Errors, "%s\n%s", asked[i], queries[i])
		runnable = append(runnable, c.Text)
	}
	for i, got := range RunKQL(t, runnable, Recording{Tables: tablesOf(t, mdeModel), Events: map[string]string{"DeviceProcessEvents": rowFile}, ID: "ReportId"}) {
		assert.ElementsMatch(t, wanted[asked[i]], got, "%s\n%s", asked[i], queries[i])
	}
}

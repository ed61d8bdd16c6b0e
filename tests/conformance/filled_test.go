package conformance

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/tests/fixture/lowered"
	"decree/tests/stories"
)

// filledRules ask for values that agents of Sentinel have in columns of some events and in the XML of others.
var filledRules = map[string]string{
	"a new service":        "detection: {s: {EventID: 4697, ServiceFileName|contains: '\\temp\\'}, condition: s}",
	"a task's XML":         "detection: {s: {EventID: 4698, TaskContent|contains: '<Command>cmd'}, condition: s}",
	"not of some accounts": "detection: {s: {EventID: [4656, 4663], ObjectName|endswith: lsass.exe}, f: {SubjectUserName: [ann, bob]}, condition: s and not f}",
	"a number":             "detection: {s: {EventID: [4624, 4627], LogonType: 3}, condition: s}",
	"no such number":       "detection: {s: {EventID: [4624, 4627]}, f: {LogonType: 3}, condition: s and not f}",
	"more than a number":   "detection: {s: {LogonType|gt: 4}, condition: s}",
	"of any event":         "detection: {s: {SubjectUserName: R&D}, condition: s}",
	"used often":           "detection: {s: {SubjectUserName|startswith: [a, b, r, x, y, z]}, f: {SubjectUserName|contains: [q, '&']}, g: {SubjectUserName|endswith: n}, condition: s and not f or g}",
	"no value":             "detection: {s: {EventID: [4656, 4663], ProcessName: null}, condition: s}",
	"two columns":          "detection: {s: {EventID: [4656, 4663], ObjectName|fieldref: ProcessName}, condition: s}",
	"the user":             "detection: {s: {user: [carl, dora]}, condition: s}",
	"rare users":           "prevalence: {rare: {field: user, local: {distinct: host, lte: 1}}}\ndetection: {s: {EventID: [4656, 4697, 4768]}, condition: s and rare}",
}

// TestValuesAreInColumnsOrInXML runs rules of Windows' Security log on rows of which some have their values in columns,
// some in XML and some in both, by the engine and as queries of Sentinel.
func TestValuesAreInColumnsOrInXML(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	columns := onlySource(t, "sentinel", "security")
	columns.ID = []string{"SourceComputerId"}
	events := []struct {
		code, host string
		data       map[string]string
	}{
		{"4697", "A", map[string]string{"ServiceFileName": `C:\Temp\x.exe`, "SubjectUserName": "ann"}},
		{"4697", "B", map[string]string{"ServiceFileName": `C:\Windows\x.exe`, "SubjectUserName": "R&D"}},
		{"4698", "A", map[string]string{"TaskContent": "<Task><Command>cmd.exe</Command></Task>", "SubjectUserName": "bob"}},
		{"4656", "A", map[string]string{"ObjectName": `C:\lsass.exe`, "ProcessName": `C:\lsass.exe`, "SubjectUserName": "Ann"}},
		{"4656", "B", map[string]string{"ObjectName": `C:\lsass.exe`, "ProcessName": `C:\a.exe`, "SubjectUserName": "carl"}},
		{"4656", "B", map[string]string{"ObjectName": `C:\lsass.exe`, "SubjectUserName": "quentin"}},
		{"4627", "C", map[string]string{"LogonType": "3", "SubjectUserName": "xan"}},
		{"4627", "C", map[string]string{"LogonType": "10", "SubjectUserName": "zed"}},
		{"4768", "C", map[string]string{"TargetUserName": "dora", "SubjectUserName": "carl"}},
	}
	var rows []doc
	add := func(code, host string, filled, inXML map[string]string) {
		row := doc{"SourceComputerId": fmt.Sprint(len(rows) + 1), "TimeGenerated": stories.Now.Add(time.Duration(len(rows)-60) * time.Minute).Format(time.RFC3339),
			"Type": "SecurityEvent", "Channel": "Security", "EventID": json.Number(code), "Computer": host}
		for name, value := range filled {
			if columns.Sources[0].Columns[name] == "int" {
				row[name] = json.Number(value)
			} else if columns.Sources[0].Columns[name] != "" {
				row[name] = value
			}
		}
		if len(inXML) > 0 {
			var b strings.Builder
			for _, name := range slices.Sorted(maps.Keys(inXML)) {
				fmt.Fprintf(&b, "\t<Data Name=%q>%s</Data>\n", name, html.EscapeString(inXML[name]))
			}
			row["EventData"] = "<EventData xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\n" + b.String() + "</EventData>"
		}
		rows = append(rows, row)
	}
	for _, e := range events {
		add(e.code, e.host, nil, e.data)
		add(e.code, e.host, e.data, e.data)
		add(e.code, e.host, map[string]string{"SubjectUserName": e.data["SubjectUserName"]}, e.data)
	}
	add("4624", "A", map[string]string{"LogonType": "3", "SubjectUserName": "ann", "TargetUserName": "dora"}, nil)
	add("4663", "B", map[string]string{"ObjectName": `D:\lsass.exe`, "ProcessName": `D:\LSASS.exe`, "SubjectUserName": "carl"}, nil)
	file := writeEvents(t, rows)
	names := slices.Sorted(maps.Keys(filledRules))
	var queries, runnable []string
	var wanted [][]string
	for _, name := range names {
		r := lowered.Rule(t, "schedule: {every: 1h, lookback: 2h}\nlogsource: {product: windows, service: security}\n"+filledRules[name]+"\n")
		want := RunEngine(t, r, columns, file, splVerdicts())
		assert.NotEmpty(t, want, "%s proves nothing", name)
		for i := range events { // each is in three rows, which are one event
			had := []bool{slices.Contains(want, fmt.Sprint(3*i+1)), slices.Contains(want, fmt.Sprint(3*i+2)), slices.Contains(want, fmt.Sprint(3*i+3))}
			assert.Len(t, slices.Compact(had), 1, "%s: event %d: %v", name, i+1, had)
		}
		queries, wanted = append(queries, compileIR(t, r, columns)), append(wanted, want)
	}
	for i, c := range CheckKQL(t, queries, tablesOf(t, columns), now, "TimeGenerated") {
		require.Empty(t, c.Errors, "%s\n%s", names[i], queries[i])
		runnable = append(runnable, c.Text)
	}
	for i, got := range RunKQL(t, runnable, Recording{Tables: tablesOf(t, columns), Events: map[string]string{"SecurityEvent": file}, ID: "SourceComputerId"}) {
		assert.ElementsMatch(t, wanted[i], got, "%s\n%s", names[i], queries[i])
	}
}

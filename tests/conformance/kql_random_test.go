package conformance

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/rules/ir"
	"decree/rules/schema"
)

// randomRows are tables, and the row that each has of a random event.
var randomRows = []struct {
	model, source, table, id string
	row                      func(record) doc
}{
	{"mde", "device_process_events", "DeviceProcessEvents", "ReportId", func(r record) doc {
		_, row := r.defender()
		row["ProcessId"], _ = strconv.Atoi(r.data["ProcessId"])
		return row
	}},
	{"sentinel", "sysmon_process_creation", "WindowsEvent", "EventRecordId", func(r record) doc {
		data := doc{}
		for name, v := range r.data {
			data[name] = v
		}
		return doc{"EventRecordId": r.id, "EventID": 1, "Channel": sysmonChannel, "Computer": r.computer, "EventData": data}
	}},
	{"sentinel-event", "sysmon_process_creation", "Event", "_ItemId", func(r record) doc {
		var escapes []string
		for _, e := range slices.Backward(schema.Entities) {
			escapes = append(escapes, e[1], e[0])
		}
		xml := `<DataItem type="System.XmlData"><EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event">`
		for _, name := range slices.Sorted(maps.Keys(r.data)) {
			xml += `<Data Name="` + name + `">` + strings.NewReplacer(escapes...).Replace(r.data[name]) + `</Data>`
		}
		return doc{"_ItemId": r.id, "EventID": 1, "EventLog": sysmonChannel, "Computer": r.computer, "EventData": xml + "</EventData></DataItem>"}
	}},
	{"asim", "process", "imProcessCreate", "EventOriginalUid", func(r record) doc {
		row := doc{"EventOriginalUid": r.id, "EventType": "ProcessCreated", "Dvc": r.computer}
		for name, column := range map[string]string{"Image": "TargetProcessName", "CommandLine": "TargetProcessCommandLine", "OriginalFileName": "TargetProcessFileOriginalName",
			"ParentImage": "ActingProcessName", "ParentCommandLine": "ActingProcessCommandLine", "ProcessId": "TargetProcessId"} {
			row[column] = r.data[name]
		}
		return row
	}},
}

// TestKQLAgreesOnRandomRules runs rules and rows that nobody would write, by the engine and by the query.
func TestKQLAgreesOnRandomRules(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	for _, c := range randomRows {
		t.Run(c.model, func(t *testing.T) {
			a := author{rand.New(rand.NewPCG(1, seedOf(t))), windowsFolders}
			m := onlySource(t, c.model, c.source)
			m.ID = []string{c.id}
			var rows []doc
			for i := range 150 {
				rows = append(rows, c.row(a.record(i)))
			}
			file := writeEvents(t, rows)
			var compiled []*ir.Rule
			var queries []string
			refused := map[string]int{}
			for _, r := range a.rules(t, randomRules(t)) {
				q, problems := kql.New().Compile(r, compilers.Options{Model: m, NoIndexTerms: len(compiled)%4 == 3})
				if q == nil {
					refused[problems[0].Code]++
					continue
				}
				if !strings.Contains(q.Text, `"\u`) { // which duckdb-kql does not know
					compiled, queries = append(compiled, r), append(queries, q.Text)
				}
			}
			matches := kqlAgrees(t, m, compiled, queries, c.table, file, c.id)
			t.Logf("%d rules on %d rows, %d matches; refused: %v", len(compiled), len(rows), matches, refused)
			assert.Greater(t, matches, 10*len(compiled))
		})
	}
}

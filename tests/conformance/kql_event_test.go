package conformance

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/rules/ir"
	"decree/rules/schema"
)

// xmlText writes a value as Windows does in an event's XML.
var xmlText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// event is the row that the table Event would have of a record.
func (r record) event() doc {
	var b strings.Builder
	b.WriteString(`<DataItem type="System.XmlData" time="2026-03-01T10:00:00.0000000Z" sourceHealthServiceId="00000000-0000-0000-0000-000000000000"><EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event">`)
	for _, name := range slices.Sorted(maps.Keys(r.data)) {
		b.WriteString(`<Data Name="` + name + `">` + xmlText.Replace(r.data[name]) + `</Data>`)
	}
	b.WriteString("</EventData></DataItem>")
	code, _ := strconv.Atoi(r.code)
	return doc{"_ItemId": r.id, "Type": "Event", "TimeGenerated": now, "EventLog": r.channel, "EventID": code, "Computer": r.computer, "EventData": b.String()}
}

// audited is the row that the table SecurityEvent would have of a record of the log Security.
func (r record) audited() doc {
	code, _ := strconv.Atoi(r.code)
	row := doc{"_ItemId": r.id, "Type": "SecurityEvent", "TimeGenerated": now, "Channel": r.channel, "EventID": code, "Computer": r.computer}
	for name, v := range r.data {
		row[name] = v
	}
	if path, ok := r.data["NewProcessName"]; ok {
		row["Process"] = path[strings.LastIndexByte(path, '\\')+1:]
	}
	return row
}

// readsEvent finds the table Event in a query, alone or in a union.
var readsEvent = regexp.MustCompile(`(?m)^\s*Event$`)

// TestKQLAgreesOnEventsInXML runs every public rule that reads Sysmon's or PowerShell's events in the table Event, by
// the engine and by the query.
func TestKQLAgreesOnEventsInXML(t *testing.T) {
	t.Parallel()
	m, err := schema.Load("sentinel-event")
	require.NoError(t, err)
	rows := map[string][]doc{}
	for _, r := range recordings(t, 200) {
		switch {
		case r.channel == sysmonChannel, strings.Contains(r.channel, "PowerShell/Operational"):
			rows["Event"] = append(rows["Event"], r.event())
		case r.channel == "Security":
			rows["SecurityEvent"] = append(rows["SecurityEvent"], r.audited())
		}
	}
	var compiled []*ir.Rule
	var queries []string
	unescaped, unions := 0, 0
	for _, r := range corpusRules(t) {
		q, _ := kql.New().Compile(r, compilers.Options{Model: m})
		if q == nil || !readsEvent.MatchString(q.Text) || strings.Contains(q.Text, "_is_in_any_range(") || strings.Contains(q.Text, `"\u`) {
			continue
		}
		if strings.Contains(q.Text, "replace_strings(") {
			unescaped++
		}
		if strings.Contains(q.Text, "union ") {
			unions++
		}
		compiled = append(compiled, r)
		queries = append(queries, strings.ReplaceAll(q.Text, "// Begin environment-specific filter.", "| project _ItemId")) // as tables' columns differ in type
	}
	tables := tablesOf(t, m)
	var runnable []string
	for i, c := range CheckKQL(t, queries, tables, now, "TimeGenerated") {
		require.Empty(t, c.Errors, queries[i])
		runnable = append(runnable, c.Text)
	}
	recording := Recording{Tables: tables, Events: map[string]string{}, ID: "_ItemId"}
	for table, of := range rows {
		recording.Events[table] = writeEvents(t, of)
	}
	wanted := found(t, m, compiled, writeEvents(t, slices.Concat(rows["Event"], rows["SecurityEvent"])))
	var run []int
	for i, r := range compiled {
		if len(wanted[r]) > 0 || i%3 == 0 { // of those that shall find nothing a third: DuckDB's queries take long to be written
			run = append(run, i)
		}
	}
	var asked []string
	for _, i := range run {
		asked = append(asked, runnable[i])
	}
	matched := 0
	for n, got := range RunKQL(t, asked, recording) {
		i := run[n]
		assert.ElementsMatch(t, wanted[compiled[i]], got, "%s\n%s", compiled[i].Source.Title, queries[i])
		if len(got) > 0 {
			matched++
		}
	}
	t.Logf("%d of %d rules (%d unions) on %d rows of Event and %d of SecurityEvent: %d rules match; %d read texts without their entities", len(run), len(compiled), unions, len(rows["Event"]), len(rows["SecurityEvent"]), matched, unescaped)
	assert.GreaterOrEqual(t, matched, 50)
	assert.GreaterOrEqual(t, unions, 500)
}

package conformance

import (
	"maps"
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
	return doc{"_ItemId": r.id, "TimeGenerated": now, "EventLog": r.channel, "EventID": code, "Computer": r.computer, "EventData": b.String()}
}

// TestKQLAgreesOnEventsInXML runs public rules that read Sysmon's or PowerShell's events in the table Event alone, by the engine and by the query. Microsoft's
// parser takes seconds for a union of such queries; TestKQLAgreesOnWideLogSources runs unions.
func TestKQLAgreesOnEventsInXML(t *testing.T) {
	m, err := schema.Load("sentinel-event")
	require.NoError(t, err)
	var rows []doc
	for _, r := range recordings(t, 200) {
		if r.channel == sysmonChannel || strings.Contains(r.channel, "PowerShell/Operational") {
			rows = append(rows, r.event())
		}
	}
	var compiled []*ir.Rule
	var queries []string
	unescaped := 0
	for i, r := range corpusRules(t) {
		if i%6 != 0 { // the parser is slow on these
			continue
		}
		q, _ := kql.New().Compile(r, compilers.Options{Model: m})
		if q == nil || !strings.Contains(q.Text, "\nEvent\n") || strings.Contains(q.Text, "union ") || strings.Contains(q.Text, "_is_in_any_range(") || strings.Contains(q.Text, `"\u`) {
			continue
		}
		if strings.Contains(q.Text, "replace_string(") {
			unescaped++
		}
		compiled, queries = append(compiled, r), append(queries, q.Text)
	}
	tables := tablesOf(t, m)
	var runnable []string
	for i, c := range CheckKQL(t, queries, tables, now, "TimeGenerated") {
		require.Empty(t, c.Errors, queries[i])
		runnable = append(runnable, c.Text)
	}
	file := writeEvents(t, rows)
	wanted := found(t, m, compiled, file)
	matched := 0
	for i, got := range RunKQL(t, runnable, Recording{Tables: tables, Events: map[string]string{"Event": file}, ID: "_ItemId"}) {
		assert.ElementsMatch(t, wanted[compiled[i]], got, "%s\n%s", compiled[i].Source.Title, queries[i])
		if len(got) > 0 {
			matched++
		}
	}
	t.Logf("%d rules on %d rows: %d rules match; %d read texts without their entities", len(compiled), len(rows), matched, unescaped)
	assert.Positive(t, matched)
}

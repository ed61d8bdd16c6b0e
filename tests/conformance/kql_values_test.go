package conformance

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestKQLSaysWhatItReadsInLists asks for columns, and fields of an array's elements, that are lists or objects,
// by the engine and by the query. Where their rows differ, the query says so.
func TestKQLSaysWhatItReadsInLists(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	m := onlySource(t, "sentinel", "auditlogs")
	m.ID = []string{"Id"}
	row := func(id, name string, value any) doc {
		return doc{"Id": id, "TargetResources": []any{doc{name: value}}}
	}
	file := writeEvents(t, []doc{row("1", "odd", "x"), row("2", "odd", []any{"y", "x"}), row("3", "odd", []any{"x1", "z"}), row("4", "odd", doc{"a": "x"}), row("5", "odd.a", "x"), row("6", "odd", nil)})
	cases := []struct {
		selection     string
		engine, query []string
		misses, finds bool
	}{
		{"'TargetResources[any]': {odd: x}", []string{"1", "2"}, []string{"1"}, true, false},
		{"'TargetResources[none]': {odd: x}", []string{"3", "4", "5", "6"}, []string{"2", "3", "4", "5", "6"}, false, true},
		{"'TargetResources[any]': {odd|contains: x}", []string{"1", "2", "3"}, []string{"1", "2", "3", "4"}, false, true},
		{"'TargetResources[any]': {odd.a: x}", []string{"4", "5"}, []string{"4"}, true, false},
		{"'TargetResources[any]': {odd.a: null}", []string{"1", "2", "3", "6"}, []string{"1", "2", "3", "5", "6"}, true, true},
		{"'TargetResources[any]': {odd|exists: true}", []string{"1", "2", "3"}, []string{"1", "2", "3", "4"}, false, true},
		{"TargetResources|exists: true", nil, []string{"1", "2", "3", "4", "5", "6"}, false, true},
		{"TargetResources: null", []string{"1", "2", "3", "4", "5", "6"}, nil, true, false},
	}
	var queries []string
	var compiled []*ir.Rule
	for _, c := range cases {
		r := lowered.Rule(t, "sigma-version: 3\nlogsource: {product: azure, service: auditlogs}\ndetection: {s: {"+c.selection+"}, condition: s}\n")
		q, problems := kql.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%s: %v", c.selection, problems)
		has := func(effect string) bool {
			return slices.ContainsFunc(q.Notes, func(n compilers.Note) bool {
				return (n.Code == "element-values" || n.Code == "property-list") && n.Effect == effect
			})
		}
		assert.Equal(t, c.misses, has("false-negatives"), c.selection)
		assert.Equal(t, c.finds, has("false-positives"), c.selection)
		queries, compiled = append(queries, q.Text), append(compiled, r)
	}
	wanted := found(t, m, compiled, file)
	var runnable []string
	for i, checked := range CheckKQL(t, queries, tablesOf(t, m), now, m.Time[0]) {
		require.Empty(t, checked.Errors, queries[i])
		runnable = append(runnable, checked.Text)
	}
	for i, got := range RunKQL(t, runnable, Recording{Tables: tablesOf(t, m), Events: map[string]string{"AuditLogs": file}, ID: "Id"}) {
		assert.ElementsMatch(t, cases[i].engine, wanted[compiled[i]], "%s: the engine", cases[i].selection)
		assert.ElementsMatch(t, cases[i].query, got, "%s: the query", cases[i].selection)
	}
}

// TestKQLReadsBitsOfTexts as the engine does: of a text that is an integer as a whole, in decimal or hexadecimal.
func TestKQLReadsBitsOfTexts(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	m := onlySource(t, "mde", "device_process_events")
	m.ID = []string{"ReportId"}
	var rows []doc
	for i, text := range []string{"1", "0x1", "0X11", "-1", "03", "2", "0x2", "\t0x1", " 1", "1\n", "1.0", "1e0", "1_1", "0b1", "x1", ""} {
		row := doc{"ReportId": i + 1, "ActionType": "ProcessCreated", "ProcessCommandLine": text, "ProcessId": i + 1}
		rows = append(rows, row)
	}
	file := writeEvents(t, rows)
	var compiled []*ir.Rule
	var queries []string
	for _, condition := range []string{"s", "not s"} {
		r := lowered.Rule(t, "detection: {s: {CommandLine|bits: 1}, k: {Image: null}, condition: k and "+condition+"}\n")
		q, problems := kql.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%v", problems)
		queries, compiled = append(queries, q.Text), append(compiled, r)
	}
	assert.Equal(t, len(rows), kqlAgrees(t, m, compiled, queries, "DeviceProcessEvents", file, "ReportId"))
	assert.ElementsMatch(t, []string{"1", "2", "3", "4", "5"}, found(t, m, compiled, file)[compiled[0]])
}

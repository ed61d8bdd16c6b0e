package conformance

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// TestKQLFindsTheSessionsOfServices asks for logon sessions as Windows writes them, of a table that has numbers.
func TestKQLFindsTheSessionsOfServices(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	m, err := schema.Load("mde")
	require.NoError(t, err)
	file := writeEvents(t, []doc{
		{"ReportId": 1, "ActionType": "ProcessCreated", "LogonId": 999},
		{"ReportId": 2, "ActionType": "ProcessCreated", "LogonId": 996},
		{"ReportId": 3, "ActionType": "ProcessCreated", "LogonId": 6699},
		{"ReportId": 4, "ActionType": "ProcessCreated"},
	})
	cases := []struct {
		detection string
		want      []string
	}{
		{"{s: {LogonId: '0x3e7'}, condition: s}", []string{"1"}},
		{"{s: {LogonId: ['0x3E4', '0x3E7']}, condition: s}", []string{"1", "2"}},
		{"{s: {LogonId: '0x3e7'}, condition: not s}", []string{"2", "3", "4"}},
		{"{s: {LogonId: [0x3e7, '6699']}, condition: s}", []string{"1", "3"}},
	}
	var rules []*ir.Rule
	var queries []string
	for _, c := range cases {
		r := lowered.Rule(t, "logsource: {product: windows, category: process_creation}\ndetection: "+c.detection+"\n")
		q, found := kql.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%s: %v", c.detection, found)
		rules, queries = append(rules, r), append(queries, q.Text)
	}
	tables := tablesOf(t, m)
	var runnable []string
	for i, checked := range CheckKQL(t, queries, tables, now, "Timestamp") {
		require.Empty(t, checked.Errors, queries[i])
		runnable = append(runnable, checked.Text)
	}
	wanted := found(t, m, rules, file)
	for i, got := range RunKQL(t, runnable, Recording{Tables: tables, Events: map[string]string{"DeviceProcessEvents": file}, ID: "ReportId"}) {
		assert.ElementsMatch(t, cases[i].want, got, "%s: the query", cases[i].detection)
		assert.ElementsMatch(t, cases[i].want, wanted[rules[i]], "%s: the engine", cases[i].detection)
	}
}

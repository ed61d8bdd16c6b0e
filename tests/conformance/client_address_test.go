package conformance

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// TestClientAddressesMayHavePorts runs tests of Microsoft 365's ClientIP, which is the entity ip, too, on the forms in
// which its services write it: events as they are, and rows of Sentinel by the engine and as queries.
func TestClientAddressesMayHavePorts(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	written := []string{"10.0.0.1", "10.0.0.1:443", "[10.0.0.1]:443", "::ffff:10.0.0.1", "[::ffff:10.0.0.1]:443", "11.0.0.1:443", "::1", "[::1]", "[::1]:443", "2001:db8::443", "[2001:db8::443]:25", "", "host", "a: b"}
	wanted := map[string][]string{
		"ClientIP|cidr: 10.0.0.0/8":    {"1", "2", "3", "4", "5"},
		"ClientIP: 10.0.0.1":           {"1", "2", "3"},
		"ip|cidr: 10.0.0.0/8":          {"1", "2", "3", "4", "5"},
		"ip: ['::1', 11.0.0.1]":        {"6", "7", "8", "9"},
		"ClientIP: ['::1', 11.0.0.1]":  {"6", "7", "8", "9"},
		"ClientIP|cidr: 2001:db8::/32": {"10", "11"},
		"ClientIP: '2001:db8::443'":    {"10", "11"},
		"ClientIP|startswith: '10.'":   {"1", "2", "3"},
		"ClientIP|endswith: ':443'":    {"10", "11"},
		"ClientIP: 'a: b'":             {"14"},
		"ClientIP|exists: true":        {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "13", "14"},
	}
	columns := onlySource(t, "sentinel", "m365_audit")
	columns.ID = []string{"_ItemId"}
	plain, err := schema.Load("cloud")
	require.NoError(t, err)
	plain.ID = []string{"_ItemId"}
	var rows, events []doc
	for i, address := range written {
		rows = append(rows, doc{"_ItemId": fmt.Sprint(i + 1), "TimeGenerated": now, "Type": "OfficeActivity", "OfficeWorkload": "Exchange", "ClientIP": address})
		events = append(events, doc{"_ItemId": fmt.Sprint(i + 1), "CreationTime": now, "RecordType": 1, "Operation": "o", "Workload": "Exchange", "UserId": "u", "ClientIP": address})
	}
	file, raw := writeEvents(t, rows), writeEvents(t, events)
	tests := slices.Sorted(maps.Keys(wanted))
	var queries, runnable []string
	for _, test := range tests {
		r := lowered.Rule(t, "logsource: {product: m365, service: audit}\ndetection: {s: {"+test+"}, condition: s}\n")
		assert.ElementsMatch(t, wanted[test], RunEngine(t, r, columns, file, splVerdicts()), test)
		if test != "ClientIP|exists: true" { // there an empty text is a value
			assert.ElementsMatch(t, wanted[test], RunEngine(t, r, plain, raw, splVerdicts()), test)
		}
		queries = append(queries, compileIR(t, r, columns))
	}
	for i, c := range CheckKQL(t, queries, tablesOf(t, columns), now, "TimeGenerated") {
		require.Empty(t, c.Errors, "%s\n%s", tests[i], queries[i])
		runnable = append(runnable, c.Text)
	}
	for i, got := range RunKQL(t, runnable, Recording{Tables: tablesOf(t, columns), Events: map[string]string{"OfficeActivity": file}, ID: "_ItemId"}) {
		assert.ElementsMatch(t, wanted[tests[i]], got, "%s\n%s", tests[i], queries[i])
	}
}

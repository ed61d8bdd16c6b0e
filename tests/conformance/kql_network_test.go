package conformance

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
)

// TestKQLFindsAddressesInNetworks asks networks of both families, one and several, and their negations, of addresses
// and of what is none.
func TestKQLFindsAddressesInNetworks(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	m, err := schema.Load("mde")
	require.NoError(t, err)
	addresses := []string{"10.0.0.1", "10.1.2.3", "11.0.0.1", "192.168.5.9", "::ffff:10.0.0.7", "::FFFF:10.9.9.9", "::ffff:11.0.0.1", "fe80::1", "fe80::1%4", "FE80::AB", "2001:db8::5", "2001:0db8:0000::9", "::1", "127.0.0.1", "", "host", "10.0.0"}
	var rows []doc
	for i, a := range addresses {
		rows = append(rows, doc{"ReportId": i, "Timestamp": "2026-03-02T11:00:00Z", "ActionType": "ConnectionSuccess", "RemoteIP": a})
	}
	rows = append(rows, doc{"ReportId": len(addresses), "Timestamp": "2026-03-02T11:00:00Z", "ActionType": "ConnectionSuccess"})
	file := writeEvents(t, rows)
	const nowhere = "172.16.0.0/12" // no address is of it, and what is none is not either
	var compiled []*ir.Rule
	var queries []string
	for _, networks := range []string{"10.0.0.0/8", "10.0.0.1/32", "[10.0.0.0/16, 192.168.0.0/16]", "'fe80::/10'", "['2001:db8::/32', '::1/128']", "[127.0.0.0/8, 'fe80::/64', 10.0.0.0/24]", "0.0.0.0/0", "'::/0'", nowhere} {
		for _, condition := range []string{"s", "not s"} {
			rs, found := parse.Rules("rule.yml", []byte(fmt.Sprintf("title: %q\nlogsource: {product: windows, category: network_connection}\ndetection: {s: {DestinationIp|cidr: %s}, condition: %s}\n",
				condition+" "+networks, networks, condition)), nil)
			require.False(t, found.HasErrors(), "%v", found)
			r, found := ir.Lower(rs[0])
			require.False(t, found.HasErrors(), "%v", found)
			q, found := kql.New().Compile(r, compilers.Options{Model: m})
			require.NotNil(t, q, "%v", found)
			compiled, queries = append(compiled, r), append(queries, q.Text)
		}
	}
	tables := tablesOf(t, m)
	var runnable []string
	for i, c := range CheckKQL(t, queries, tables, now, "Timestamp") {
		require.Empty(t, c.Errors, queries[i])
		runnable = append(runnable, c.Text)
	}
	wanted := found(t, m, compiled, file)
	for i, got := range RunKQL(t, runnable, Recording{Tables: tables, Events: map[string]string{"DeviceNetworkEvents": file}, ID: "ReportId"}) {
		want := wanted[compiled[i]]
		assert.ElementsMatch(t, want, got, "%s\n%s", compiled[i].Source.Title, queries[i])
		assert.Equal(t, compiled[i].Source.Title == "s "+nowhere, len(want) == 0, compiled[i].Source.Title)
	}
}

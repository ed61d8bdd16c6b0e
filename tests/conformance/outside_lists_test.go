package conformance

import (
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/rules/source"
)

// listFiles are folders of lists: networks, domains and ports, in each kind of file.
var listFiles = fstest.MapFS{
	"management.txt":      {Data: []byte("# lines\r\n10.0.0.0/24\r\n\r\n192.168.7.7\r\n")},
	"prod/management.csv": {Data: []byte("value,owner\n10.1.0.0/16,net\n")},
	"domains.yml":         {Data: []byte("title: Own domains\nvalues: [.corp.example, intra.example]\n")},
	"ports.csv":           {Data: []byte("port\n443\n8080\n")},
}

// placeholders are conditions on what only the list files define.
var placeholders = []string{
	"s: {DestinationIp|cidr|expand: '%management%'}\n  condition: s", "s: {DestinationIp|cidr|expand: '%management%'}\n  condition: not s",
	"s: {DestinationHostname|endswith|expand: '%domains%'}\n  condition: s", "s: {DestinationHostname|expand: '%domains%'}\n  condition: s",
	"s: {DestinationHostname|contains|expand: 'www%domains%'}\n  condition: s", "s: {DestinationPort|expand: '%ports%'}\n  condition: s",
	"s: {DestinationIp|cidr|expand: '%management%'}\n  d: {DestinationHostname|endswith|expand: '%domains%'}\n  condition: s and not d",
}

// answered lowers the placeholder rules with the lists of an environment.
func answered(t *testing.T, environment string) []*ir.Rule {
	t.Helper()
	lists, found, err := parse.OutsideLists([]*source.Folder{source.NewFolder("lists", listFiles)}, environment)
	require.NoError(t, err)
	require.Empty(t, found)
	var out []*ir.Rule
	for _, p := range placeholders {
		rs, found := parse.Rules("rule.yml", []byte(fmt.Sprintf("title: %q\nlogsource: {product: windows, category: network_connection}\ndetection:\n  %s\n", environment+" "+p, p)), nil)
		require.False(t, found.HasErrors(), "%v", found)
		lists.Answer(rs[0])
		r, found := ir.Lower(rs[0])
		require.Empty(t, found)
		out = append(out, r)
	}
	return out
}

// TestListsFromOutsideMeanTheSameEverywhere runs each placeholder rule in the engine and as a query of each dialect,
// with and without an environment.
func TestListsFromOutsideMeanTheSameEverywhere(t *testing.T) {
	t.Parallel()
	var connections []record
	for i, to := range [][3]string{{"10.0.0.9", "a.corp.example", "443"}, {"10.1.2.3", "intra.example", "80"}, {"192.168.7.7", "www.CORP.example", "8080"}, {"192.168.7.8", "other.example", "4433"}, {"203.0.113.5", "wwwintra.example.org", "22"},
		{"10.0.0.10", "vendor.example", "8443"}, {"10.1.0.1", "vendor.example", "443"}} {
		connections = append(connections, record{id: fmt.Sprint(i), channel: sysmonChannel, code: "3", computer: "ws1", instant: "2026-03-02T11:00:00Z",
			data: map[string]string{"Image": `C:\a.exe`, "Initiated": "true", "DestinationIp": to[0], "DestinationHostname": to[1], "DestinationPort": to[2]}})
	}
	var mde, windows, ecs []doc
	for _, c := range connections {
		mde = append(mde, doc{"ReportId": c.id, "Timestamp": c.instant, "ActionType": "ConnectionSuccess", "RemoteIP": c.data["DestinationIp"], "RemoteUrl": c.data["DestinationHostname"], "RemotePort": c.data["DestinationPort"]})
		d := c.winlogbeat()
		put(d, "event.type", "start")
		windows, ecs = append(windows, c.splunk(t)), append(ecs, d)
	}
	file := map[string]string{"mde": writeEvents(t, mde), "splunk-windows": writeEvents(t, windows), "ecs": writeEvents(t, ecs)}
	for _, environment := range []string{"", "prod"} {
		rs := answered(t, environment)
		var first [][]string // what the engine finds in the first model
		for _, c := range []struct {
			compilers.Dialect
			model string
		}{{kql.New(), "mde"}, {spl.New(), "splunk-windows"}, {eql.New(), "ecs"}} {
			m, err := schema.Load(c.model)
			require.NoError(t, err)
			if c.model == "splunk-windows" {
				m.ID = []string{"RecordID"}
			}
			queries := make([]string, len(rs))
			for i, r := range rs {
				q, found := c.Compile(r, compilers.Options{Model: m})
				require.NotNil(t, q, "%s %v", r.Source.Title, found)
				queries[i] = q.Text
			}
			inEngine := found(t, m, rs, file[c.model])
			var inProduct [][]string
			switch c.Name() {
			case "kql":
				tables := tablesOf(t, m)
				var runnable []string
				for i, checked := range CheckKQL(t, queries, tables, now, "Timestamp") {
					require.Empty(t, checked.Errors, queries[i])
					runnable = append(runnable, checked.Text)
				}
				inProduct = RunKQL(t, runnable, Recording{Tables: tables, Events: map[string]string{"DeviceNetworkEvents": file["mde"]}, ID: "ReportId"})
			case "spl":
				for _, q := range queries {
					inProduct = append(inProduct, splFound(q, splRows(t, windows), &splWorld{}, "RecordID"))
				}
			case "eql":
				for i, got := range CheckEQL(t, queries, mappedFor(t, queries, nil), file["ecs"]) {
					require.Nil(t, got.Error, queries[i])
					inProduct = append(inProduct, got.IDs)
				}
			}
			for i, r := range rs {
				assert.ElementsMatch(t, inEngine[r], inProduct[i], "%s\n%s", r.Source.Title, queries[i])
				assert.NotEmpty(t, inEngine[r], "%s: %s proves nothing", c.model, r.Source.Title)
				slices.Sort(inEngine[r])
				if c.model == "mde" {
					first = append(first, inEngine[r])
				}
				assert.Equal(t, first[i], inEngine[r], "%s: %s", c.model, r.Source.Title)
			}
		}
	}
}

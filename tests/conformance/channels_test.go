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
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// ofChannels are conditions on Windows' channels, of services and of others, and the events below that they find.
var ofChannels = map[string]string{
	"s: {Channel|endswith: /Operational, EventID: 7}\n  condition: s":                                             "2 4",
	"s: {Channel|contains: PowerShell}\n  condition: s":                                                           "2 3 4",
	"s: {Channel|re: '^[AM].*/'}\n  f: {Path: x}\n  condition: s and not f":                                       "2 5",
	"s: {Channel|startswith: A}\n  t: {Channel: Security, EventID: 7}\n  condition: s or t":                       "1 4 5",
	"s: {Channel|contains: [Power, Security]}\n  f: {Channel|startswith: A}\n  condition: s and not f":            "1 2 3",
	"s: {Channel: '*/*', EventID: 7}\n  f: {Channel|startswith: 'Microsoft-Windows-P'}\n  condition: s and not f": "4",
}

var channelRecords = []record{
	{id: "1", channel: "Security", code: "7", data: map[string]string{"Path": "x"}},
	{id: "2", channel: "Microsoft-Windows-PowerShell/Operational", code: "7", data: map[string]string{"Path": "y"}},
	{id: "3", channel: "Windows PowerShell", code: "8", data: map[string]string{"Path": "x"}},
	{id: "4", channel: "A-PowerShell/Operational", code: "7", data: map[string]string{"Path": "x"}},
	{id: "5", channel: "A/Admin", code: "8", data: map[string]string{"Path": "y"}},
}

// TestQueriesAskWhatPatternsOfChannelsDescribe: a rule without a service whose pattern fits channels of services and
// others is asked of both, as the engine does on Windows' own logs.
func TestQueriesAskWhatPatternsOfChannelsDescribe(t *testing.T) {
	t.Parallel()
	var rules []*ir.Rule
	var want [][]string
	for _, detection := range slices.Sorted(maps.Keys(ofChannels)) {
		rules = append(rules, lowered.Rule(t, "logsource: {product: windows}\ndetection:\n  "+detection+"\n"))
		want = append(want, strings.Fields(ofChannels[detection]))
	}
	check := func(t *testing.T, model, id string, events []doc, d compilers.Dialect, ask func(t *testing.T, m *schema.Model, queries []string) [][]string) {
		m, err := schema.Load(model)
		require.NoError(t, err)
		m.ID = []string{id}
		byEngine := found(t, m, rules, writeEvents(t, events))
		var queries []string
		for i, r := range rules {
			assert.ElementsMatch(t, want[i], byEngine[r], "%s", ir.Dump(r))
			if d == nil {
				continue
			}
			q, problems := d.Compile(r, compilers.Options{Model: m})
			require.NotNil(t, q, "%v", problems)
			assert.NotContains(t, q.Text, compilers.OtherChannels)
			queries = append(queries, q.Text)
		}
		if d == nil {
			return
		}
		for i, got := range ask(t, m, queries) {
			assert.ElementsMatch(t, want[i], got, queries[i])
		}
	}
	events := func(of func(r record) doc) (out []doc) {
		for _, r := range channelRecords {
			out = append(out, of(r))
		}
		return out
	}
	t.Run("windows", func(t *testing.T) {
		check(t, "windows", "EventRecordID", events(func(r record) doc {
			return doc{"EventRecordID": r.id, "EventID": r.code, "Channel": r.channel, "Path": r.data["Path"]}
		}), nil, nil)
	})
	t.Run("splunk-windows", func(t *testing.T) {
		own := events(func(r record) doc { return r.splunk(t) })
		check(t, "splunk-windows", "RecordID", own, spl.New(), func(t *testing.T, _ *schema.Model, queries []string) (out [][]string) {
			for _, q := range queries {
				out = append(out, splFound(q, splRows(t, own), &splWorld{}, "RecordID"))
			}
			return out
		})
	})
	t.Run("winlogbeat", func(t *testing.T) {
		needEQL(t)
		own := events(record.winlogbeat)
		check(t, "winlogbeat", "event.id", own, eql.New(), func(t *testing.T, _ *schema.Model, queries []string) (out [][]string) {
			for i, got := range CheckEQL(t, queries, mappedFor(t, queries, nil), writeEvents(t, own)) {
				require.Nil(t, got.Error, queries[i])
				out = append(out, got.IDs)
			}
			return out
		})
	})
	t.Run("sentinel", func(t *testing.T) {
		needKusto(t)
		needDuckDB(t)
		own := events(func(r record) doc {
			code, _ := strconv.Atoi(r.code)
			return doc{"_ItemId": r.id, "Type": "WindowsEvent", "EventID": code, "Channel": r.channel, "EventData": doc{"Path": r.data["Path"]}}
		})
		check(t, "sentinel", "_ItemId", own, kql.New(), func(t *testing.T, m *schema.Model, queries []string) [][]string {
			tables := tablesOf(t, m)
			var runnable []string
			for i, checked := range CheckKQL(t, queries, tables, now, m.Time[0]) {
				require.Empty(t, checked.Errors, queries[i])
				runnable = append(runnable, checked.Text)
			}
			return RunKQL(t, runnable, Recording{Tables: tables, Events: map[string]string{"WindowsEvent": writeEvents(t, own)}, ID: "_ItemId"})
		})
	})
}

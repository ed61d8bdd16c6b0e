package conformance

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/tests/fixture/lowered"
)

// TestSPLScopes runs searches over events of two logs in three indexes. A scope keeps those of its own log and index:
// in the base search, and where sources of one rule have different scopes and are told apart after it.
func TestSPLScopes(t *testing.T) {
	t.Parallel()
	var events []doc
	add := func(index, channel, code string, data map[string]string) {
		e := record{id: fmt.Sprintf("%s %s", index, code), channel: channel, code: code, computer: "h", instant: "2026-03-01T10:00:00Z", data: data}.splunk(t)
		e["index"] = index
		events = append(events, e)
	}
	for _, index := range []string{"sysmon", "dc", "other"} {
		add(index, sysmonChannel, "1", map[string]string{"Image": `C:\abc.exe`, "CommandLine": "abc"})
		add(index, "Security", "4688", map[string]string{"NewProcessName": `C:\abc.exe`})
	}
	m := lowered.Model(t, "splunk-windows")
	rows := splRows(t, events)
	process := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image|re: 'a.c'}, condition: a}\n")
	both := lowered.Rule(t, "title: T\nlogsource: {product: windows}\ndetection: {a: {EventID: 1, Image|re: 'a.c'}, b: {EventID: 4688, NewProcessName|re: 'a.c'}, condition: a or b}\n")
	for _, c := range []struct {
		name  string
		scope compilers.Places
		want  []string // of both
	}{
		{"none", nil, []string{"dc 1", "dc 4688", "other 1", "other 4688", "sysmon 1", "sysmon 4688"}},
		{"one", compilers.Places{"windows": "index=dc OR index=other"}, []string{"dc 1", "dc 4688", "other 1", "other 4688"}},
		{"of each log", compilers.Places{"windows/sysmon": "index=sysmon", "windows/security": "index=d*", "default": "index=none"}, []string{"dc 4688", "sysmon 1"}},
		{"of one log", compilers.Places{"windows/sysmon": "index=sysmon NOT host=x"}, []string{"dc 4688", "other 4688", "sysmon 1", "sysmon 4688"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Empty(t, compilers.CheckPlaces(spl.New(), c.scope, m))
			q, found := spl.New().Compile(both, compilers.Options{Model: m, Scope: c.scope})
			require.False(t, found.HasErrors(), "%v", found)
			assert.Equal(t, c.want, splFound(q.Text, rows, &splWorld{}, "RecordID"), q.Text)
			q, found = spl.New().Compile(process, compilers.Options{Model: m, Scope: c.scope})
			require.False(t, found.HasErrors(), "%v", found)
			var want []string
			for _, id := range c.want {
				if id[len(id)-2:] == " 1" {
					want = append(want, id)
				}
			}
			assert.Equal(t, want, splFound(q.Text, rows, &splWorld{}, "RecordID"), q.Text)
		})
	}
}

package schema

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestShippedModelsLoadAndAnswerProcessCreation(t *testing.T) {
	require.Equal(t, []string{"applications", "asim", "cim", "cloud", "ecs", "eslogger", "falco", "linux", "macos", "mde", "network", "osquery", "sentinel", "sentinel-event", "sigma", "splunk-cloud", "splunk-linux", "splunk-network", "splunk-windows", "unified-log", "web", "windows", "winlogbeat"}, Names())
	for _, name := range []string{"cim", "ecs", "mde", "sigma", "splunk-windows", "windows"} {
		m, err := Load(name)
		require.NoError(t, err)
		assert.Equal(t, name, m.Name)
		sources := m.Find("process_creation", "windows", "")
		require.NotEmpty(t, sources, name)
		for _, field := range []string{"Image", "CommandLine"} {
			_, ok := m.Column(sources[0], field, 0)
			assert.True(t, ok, "%s %s", name, field)
			_, ok = m.Column(sources[0], field, 1)
			assert.True(t, ok, "%s parent %s", name, field)
		}
	}
}

func TestDefenderCarriesTheGrandparentsFileNameOnly(t *testing.T) {
	m, err := Load("mde")
	require.NoError(t, err)
	s := m.Find("process_creation", "windows", "")[0]
	c, ok := m.Column(s, "Image", 2)
	require.True(t, ok)
	assert.Equal(t, Column{Name: "InitiatingProcessParentFileName", Holds: "filename"}, c)
	_, ok = m.Column(s, "Imphash", 0)
	assert.False(t, ok, "Defender has no imphash")
	assert.Equal(t, []string{"Image"}, m.Closest(s, "Imgae"))
	assert.Empty(t, m.Find("ps_script", "windows", ""))
	for _, level := range []int{0, 1, 2} {
		for _, fields := range []map[string]Column{s.Fields, s.Ancestors[level], s.Entities} {
			for field, column := range fields {
				assert.Contains(t, s.Columns, column.Name, "column of %s", field)
			}
		}
	}
}

func TestPassthrough(t *testing.T) {
	m, err := Load("windows")
	require.NoError(t, err)
	file, process := m.Find("file_event", "windows", "")[0], m.Find("process_creation", "windows", "")[0]
	for _, c := range []struct {
		source *Source
		field  string
		level  int
		want   string
	}{{file, "Anything", 0, "Anything"}, {file, "Image", 1, "ParentImage"}, {file, "Image", 2, "GrandParentImage"}, {file, "Image", 3, ""}, {process, "Image", 1, "ParentImage"}, {process, "Image", 2, ""}} {
		got, ok := m.Column(c.source, c.field, c.level)
		assert.Equal(t, c.want != "", ok, c)
		assert.Equal(t, c.want, got.Name, c)
	}
}

// TestBytesOfWebSessions: where a model has bytes of requests and responses apart, the client's are those of the
// source.
func TestBytesOfWebSessions(t *testing.T) {
	m, err := Load("asim")
	require.NoError(t, err)
	for _, category := range []string{"proxy", "webserver"} {
		for field, want := range map[string]string{"cs-bytes": "SrcBytes", "sc-bytes": "DstBytes"} {
			c, ok := m.Column(m.Find(category, "", "")[0], field, 0)
			assert.True(t, ok)
			assert.Equal(t, Column{Name: want, Type: Int}, c)
		}
	}
}

// TestDirectionOfBytesInCIM: what the client sends comes in to a web server, and goes out through a proxy.
func TestDirectionOfBytesInCIM(t *testing.T) {
	for _, name := range []string{"cim", "splunk-network"} {
		m, err := Load(name)
		require.NoError(t, err)
		for category, want := range map[string][2]string{"webserver": {"bytes_in", "bytes_out"}, "proxy": {"bytes_out", "bytes_in"}} {
			for i, field := range []string{"cs-bytes", "sc-bytes"} {
				c, ok := m.Column(m.Find(category, "", "")[0], field, 0)
				assert.True(t, ok)
				assert.Equal(t, Column{Name: want[i], Type: Int}, c, "%s: %s: %s", name, category, field)
			}
		}
	}
}

// TestSpacesInUnlistedNames: a product has what it makes of the name, also where a model extends its own.
func TestSpacesInUnlistedNames(t *testing.T) {
	for name, want := range map[string]string{"windows": "A B", "sentinel": "EventData.A B", "winlogbeat": "winlog.event_data.A_B", "splunk-windows": "A_B"} {
		m, err := Load(name)
		require.NoError(t, err)
		mine, err := read("mine.yml", []byte("name: mine\nextends: "+name+"\n"))
		require.NoError(t, err)
		for _, m := range []*Model{m, mine} {
			c, ok := m.Column(m.Find("", "windows", "windefend")[0], "A B", 0)
			assert.True(t, ok)
			assert.Equal(t, want, c.Name, name)
		}
	}
}

func TestModelFiles(t *testing.T) {
	for name, c := range map[string]struct{ yaml, problem string }{
		"overlay":             {"name: mine\nextends: mde\nsources:\n  - name: device_process_events\n    fields: {Imphash: {column: MyImphash}}\n", ""},
		"unknown key":         {"name: mine\ncolour: red\n", `unknown key "colour"`},
		"no such source":      {"name: mine\nextends: mde\nsources: [{name: device_process_event, fields: {A: {column: B}}}]\n", `source "device_process_event" is of no log source`},
		"unknown base":        {"name: mine\nextends: mdee\n", `unknown model "mdee" in extends`},
		"no sources":          {"name: mine\n", "the model has no sources"},
		"bad type":            {"name: mine\nsources: [{name: a, fields: {X: {column: x, type: text}}}]\n", `unknown word "text": a field's type is string, int`},
		"bad pattern":         {"name: mine\nsources: [{name: a, fields: {X: {column: x, type: pattern, key: 'x=(a'}}}]\n", `field X: the key of a pattern must be an expression with a group for the value, got: "x=(a"`},
		"no group":            {"name: mine\nsources: [{name: a, fields: {X: {column: x, type: pattern, key: x=a}}}]\n", "must be an expression with a group"},
		"no element":          {"name: mine\nsources: [{name: a, fields: {X: {column: x, type: xml}}}]\n", "field X has type xml but no key"},
		"no element in scope": {"name: mine\nsources: [{name: a, scope: [{column: x, type: xml, values: [b]}]}]\n", "field of the scope has type xml but no key"},
		"bad sign":            {"name: mine\nrecognise: [{without: [a]}]\n", "a sign without columns is shown by every event"},
		"sign without values": {"name: mine\nrecognise: [{values: {a: []}}]\n", "column a has no values"},
		"sign without a name": {"name: mine\nrecognise: [{fields: ['']}]\n", "empty name"},
		"keys of a boot":      {"name: mine\nsources: [{name: a, keys: {0: [a]}, keys_per_boot: true}]\n", "keys_per_boot is of unique_keys"},
		"in a query":          {"name: mine\nextends: mde\nsources: [{name: a, keys: {0: [a]}, unique_keys: true, keys_per_boot: true}]\n", "keys_per_boot is of unique_keys"},
		"nothing below":       {"name: mine\nsources: [{name: a, below: {request: []}, fields: {X: {column: x, under: request.y}}}]\n", "below"},
		"bad level":           {"name: mine\nsources: [{name: a, ancestors: {0: {}}}]\n", "the level of an ancestor must be 1 to 5, got: 0"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "m.yml")
			require.NoError(t, os.WriteFile(file, []byte(c.yaml), 0o600))
			m, err := LoadFile(file)
			if c.problem != "" {
				require.ErrorContains(t, err, c.problem)
				return
			}
			require.NoError(t, err)
			s := m.Find("process_creation", "windows", "")[0]
			column, ok := m.Column(s, "Imphash", 0)
			assert.True(t, ok)
			assert.Equal(t, "MyImphash", column.Name)
			_, ok = m.Column(s, "CommandLine", 0)
			assert.True(t, ok, "what the overlay does not name stays")
		})
	}
}

// TestColumnsOfEveryTable: a model's own columns are those of each of its tables, of an overlay's too.
func TestColumnsOfEveryTable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "m.yml")
	require.NoError(t, os.WriteFile(file, []byte("name: mine\nextends: sentinel\ncolumns: {Workspace: string}\nsources: [{name: mine, product: mine, table: Mine_CL, columns: {a_s: string}}]\n"), 0o600))
	m, err := LoadFile(file)
	require.NoError(t, err)
	for _, s := range m.Sources {
		assert.Equal(t, "string", s.Columns["_ItemId"], s.Name)
		assert.Equal(t, "string", s.Columns["Workspace"], s.Name)
	}
	assert.Equal(t, map[string]string{"_ItemId": "string", "Workspace": "string", "a_s": "string"}, m.Find("", "mine", "")[0].Columns)
}

func TestKeysThatCannotBe(t *testing.T) {
	for keys, want := range map[string]string{
		"keys: {6: [a]}": "the level of a key must be 0 to 5, got: 6",
		"keys: {0: []}":  "keys of level 0 has no columns",
		"keys: {0: [a], 1: [b]}, fields: {x: {column: y, or_else: z}}":                             "field x links processes and cannot be in two columns",
		"keys: {0: [a], 1: [b]}, fields: {x: {column: y, instead: {column: z, when: w, is: [v]}}}": "field x links processes and cannot be in two columns",
		"keys: {0: [a], 1: [b]}, fallback_keys: {0: [c], 2: [d]}":                                  "fallback_keys has level 2, but keys does not",
	} {
		path := filepath.Join(t.TempDir(), "m.yml")
		require.NoError(t, os.WriteFile(path, []byte("name: m\ntime: [t]\nsources: [{name: s, category: x, "+keys+"}]\n"), 0o644))
		_, err := LoadFile(path)
		require.ErrorContains(t, err, want, keys)
	}
}

// TestSourcesThatLeaveTheSameOpenComeFirst: a rule of all that Linux writes is not first one of processes.
func TestSourcesThatLeaveTheSameOpenComeFirst(t *testing.T) {
	m := &Model{Sources: []Source{{Name: "process", Product: "linux", Category: "process_creation"}, {Name: "any", Product: "*"},
		{Name: "syslog", Product: "Linux"}, {Name: "auth", Product: "linux", Service: "auth"}}}
	for asked, want := range map[[3]string][]string{
		{"", "linux", ""}:                 {"syslog", "process", "any", "auth"},
		{"process_creation", "linux", ""}: {"process"},
		{"", "", "auth"}:                  {"auth"},
		{"", "windows", ""}:               {"any"},
	} {
		var got []string
		for _, s := range m.Find(asked[0], asked[1], asked[2]) {
			got = append(got, s.Name)
		}
		assert.Equal(t, want, got, "%v", asked)
	}
}

// TestHeadersAgree holds what is read of a model's first lines to the model.
func TestHeadersAgree(t *testing.T) {
	for _, h := range headers() {
		m, err := Load(h.name)
		require.NoError(t, err)
		assert.Equal(t, header{m.Name, m.Dialect, m.Extends, m.Order}, h)
	}
	assert.Equal(t, []string{"mde", "sentinel", "asim"}, Preferred("kql"))
	assert.Equal(t, []string{"splunk-windows", "splunk-linux", "splunk-cloud", "splunk-network", "cim"}, Preferred("spl"))
	assert.Equal(t, []string{"ecs", "winlogbeat"}, Preferred("eql"))
	assert.Equal(t, []string{"windows", "linux", "macos", "cloud", "network", "web", "applications", "eslogger", "osquery", "falco", "unified-log"}, Preferred(""))
	assert.Equal(t, []string{"asim", "mde", "sentinel", "sentinel-event"}, NamesFor("kql"))
}

// TestNobodyChangesAModel: what a caller does to a model that was loaded is done to no other.
func TestNobodyChangesAModel(t *testing.T) {
	for _, name := range Names() {
		mine, err := Load(name)
		require.NoError(t, err)
		want, err := Load(name)
		require.NoError(t, err)
		require.Equal(t, want, mine)
		mine.Time[0] = "changed"
		for i := range mine.Sources {
			s := &mine.Sources[i]
			s.Name = "changed"
			for field, c := range s.Fields {
				for word := range c.Values {
					c.Values[word] = []string{"changed"}
				}
				c.Name = "changed"
				s.Fields[field] = c
			}
			for _, columns := range s.Keys {
				columns[0] = "changed"
			}
			for _, test := range s.Scope {
				if len(test.Values) > 0 {
					test.Values[0] = "changed"
				}
			}
			clear(s.Ancestors)
		}
		again, err := Load(name)
		require.NoError(t, err)
		require.Equal(t, want, again)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		_, _ = Load("winlogbeat")
	}
}

// TestAnExtendedModelStaysAsItIs: the model that others extend is shared by all.
func TestAnExtendedModelStaysAsItIs(t *testing.T) {
	for _, name := range Names() {
		before, err := Load(name)
		require.NoError(t, err)
		file := filepath.Join(t.TempDir(), "m.yml")
		source := before.Sources[0].Name
		require.NoError(t, os.WriteFile(file, []byte("name: mine\nextends: "+name+"\ncolumns: {Added: string}\nsources:\n  - {name: "+source+", fields: {Added: {column: Added}}, own_columns: true}\n  - {name: more, product: p, table: t, fields: {A: {column: A}}}\n"), 0o600))
		_, err = LoadFile(file)
		require.NoError(t, err, name)
		after, err := Load(name)
		require.NoError(t, err)
		before.derived, after.derived = nil, nil
		assert.Equal(t, before, after, name)
	}
}

// TestWhatKustoCannotTellIsMissing: coalesce and isempty of Kusto pass over an empty text as over a missing one, so the
// engine must read every model of KQL so.
// https://learn.microsoft.com/en-us/kusto/query/coalesce-function
func TestWhatKustoCannotTellIsMissing(t *testing.T) {
	models := 0
	for _, name := range Names() {
		m, err := Load(name)
		require.NoError(t, err)
		if m.Dialect == "kql" {
			models++
			assert.True(t, m.EmptyIsMissing, name)
		}
	}
	assert.Equal(t, 4, models)
}

// TestAProductAlone is no log of any product: a rule of nginx is not asked of every proxy's log.
func TestAProductAlone(t *testing.T) {
	for _, name := range []string{"network", "splunk-network", "ecs", "cim"} {
		m, err := Load(name)
		require.NoError(t, err)
		assert.Empty(t, m.Find("", "nginx", ""), name)
		assert.NotEmpty(t, append(m.Find("dns", "nginx", ""), m.Find("", "nginx", "dns")...), name)
		for _, s := range m.Find("", "windows", "") {
			assert.Equal(t, "windows", s.Product, "%s in %s", s.Name, name)
		}
	}
	plain, err := Load("sigma")
	require.NoError(t, err)
	assert.NotEmpty(t, plain.Find("", "nginx", ""), "plain events are of any log")
}

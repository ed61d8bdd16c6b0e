package fieldmap

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/ruleset"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/rules/source"
	"decree/tests/fixture"
	"decree/tests/fixture/lowered"
)

func shipped(t *testing.T, names ...string) []*schema.Model {
	t.Helper()
	if len(names) == 0 {
		names = schema.Names()
	}
	var out []*schema.Model
	for _, name := range names {
		out = append(out, lowered.Model(t, name))
	}
	return out
}

func TestLogSources(t *testing.T) {
	all := shipped(t)
	for text, want := range map[string]rules.LogSource{
		"windows/process_creation":       {Product: "windows", Category: "process_creation"},
		"Process_Creation, Windows":      {Product: "windows", Category: "process_creation"},
		"cloudtrail aws":                 {Product: "aws", Service: "cloudtrail"},
		"dns":                            {Category: "dns"},
		"windows/security":               {Product: "windows", Service: "security"},
		"windows/proces_creation":        {},
		"windows/cloudtrail":             {},
		"a/b/c/d":                        {},
		"windows/linux/macos/aws/azure/": {},
	} {
		got, err := ParseLogSource(text, all)
		if want == (rules.LogSource{}) {
			assert.Error(t, err, text)
			continue
		}
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	_, err := ParseLogSource("proces_creation", all)
	assert.EqualError(t, err, `unknown product, category or service "proces_creation": did you mean "process_creation"?`)
	_, err = ParseLogSource("entra/signinlogs", all)
	assert.EqualError(t, err, `unknown product, category or service "entra": did you mean "azure"?`)
	_, err = ParseLogSource("windows/cloudtrail", all)
	assert.EqualError(t, err, `no data model has a log source "windows/cloudtrail": did you mean aws/cloudtrail?`)
}

func TestAProductStandsForItsLogSources(t *testing.T) {
	all := shipped(t)
	assert.True(t, Partial(rules.LogSource{Product: "windows"}, all))
	assert.False(t, Partial(rules.LogSource{Product: "windows", Category: "process_creation"}, all))
	assert.False(t, Partial(rules.LogSource{Category: "dns"}, all))
	listed := List(rules.LogSource{Product: "linux"}, shipped(t, "mde"))
	assert.Equal(t, Listed{"linux/file_event", "mde", "DeviceFileEvents"}, listed[0])
	assert.Len(t, listed, 3)
}

// columns are those of one field, by model and source.
func columns(m *Map, field string) map[string]Column {
	out := map[string]Column{}
	for _, f := range m.Fields {
		if f.Name == field {
			for _, c := range f.Columns {
				out[c.Model+" "+c.Source] = c
			}
		}
	}
	return out
}

func TestColumns(t *testing.T) {
	ls := rules.LogSource{Product: "windows", Category: "process_creation"}
	m := New(ls, shipped(t), shipped(t, "mde", "sentinel"), []string{"Imagine"})
	assert.Equal(t, "windows/process_creation", m.LogSource)
	mde := "mde device_process_events"
	assert.Equal(t, Column{Model: "mde", Source: "device_process_events", Column: "FolderPath", Notes: []string{"its file name alone: FileName"}}, columns(m, "Image")[mde])
	assert.Equal(t, "InitiatingProcessCommandLine", columns(m, "ParentCommandLine")[mde].Column)
	assert.Equal(t, []string{"only the file name"}, columns(m, "GrandParentImage")[mde].Notes)
	assert.Equal(t, []string{"asked of the fields md5, sha1, sha256"}, columns(m, "Hashes")[mde].Notes)
	assert.False(t, columns(m, "Hashes")[mde].Lacks)
	assert.Equal(t, Column{Model: "mde", Source: "device_process_events", Lacks: true, Notes: []string{"closest: Image"}}, columns(m, "Imagine")[mde])
	assert.Equal(t, []string{"read from the event in which the ancestor began"}, columns(m, "GrandParentImage")["sentinel sysmon_process_creation"].Notes)
	assert.Equal(t, "DeviceId", columns(m, "host")[mde].Column)
	assert.Equal(t, "EventData.*", m.Models[1].Sources[1].AnyOther)
	assert.Equal(t, "AdditionalFields.*", m.Models[0].Sources[0].AnyOther)
	m = New(rules.LogSource{Product: "azure", Service: "auditlogs"}, shipped(t), shipped(t, "sentinel"), nil)
	assert.Equal(t, []string{"asked of the elements of TargetResources"}, columns(m, "TargetResources.id")["sentinel auditlogs"].Notes)
}

// TestEveryFieldIsHeldSomewhere maps all there is: each field is held by some model, and each model holds it or is said
// to lack it.
func TestEveryFieldIsHeldSomewhere(t *testing.T) {
	all := shipped(t)
	logSources := logSources(all)
	for i := 0; i < len(logSources); i += fixture.Times(20, 1) {
		ls := logSources[i]
		m := New(ls, all, all, nil)
		require.NotEmpty(t, m.Models, ls.Name())
		for _, f := range m.Fields {
			held := false
			for _, c := range f.Columns {
				assert.True(t, c.Lacks == (c.Column == "" && (len(c.Notes) == 0 || strings.HasPrefix(c.Notes[0], "closest: "))), "%s: %s: %+v", ls.Name(), f.Name, c)
				held = held || !c.Lacks
			}
			assert.True(t, held, "%s: nobody has %s", ls.Name(), f.Name)
		}
	}
}

func TestPreferredModels(t *testing.T) {
	first, rest := Preferred(rules.LogSource{Product: "windows", Category: "process_creation"}, shipped(t))
	var names []string
	for _, m := range first {
		names = append(names, m.Name)
	}
	assert.ElementsMatch(t, []string{"mde", "splunk-windows", "ecs", "windows"}, names)
	assert.Contains(t, rest, "sentinel")
}

func TestShow(t *testing.T) {
	ls := rules.LogSource{Product: "windows", Category: "file_event"}
	m := New(ls, shipped(t, "mde"), shipped(t, "mde"), nil)
	rule := lowered.Rule(t, "title: T\nname: t\nlogsource: {product: windows, category: file_event}\nprevalence: {r: {field: sha1, local: {distinct: host, lte: 3}}}\n"+
		"detection: {s: {TargetFilename|endswith: x, Image: y}, condition: s and r}\n")
	other := lowered.Rule(t, "title: T\nname: other\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: x}, condition: s}\n")
	set := &ruleset.Set{Rules: []ruleset.Rule{{IR: rule}, {IR: other}}}
	counted := &ir.Correlation{Source: &rules.Correlation{}, Inputs: []ir.Input{{Rule: rule}}, GroupBy: []ir.Column{{Fields: []ir.Field{{Name: "Image", Level: 1}}}}}
	set.Correlations = []ruleset.Rule{{Correlation: counted}}
	m.Mark(Used(ls, set))
	s, out, _ := clitest.Streams("")
	require.NoError(t, m.Show(s, true))
	for _, line := range []string{
		"MODEL  SOURCE               ANY OTHER FIELD     TABLE",
		"mde    device_file_created  AdditionalFields.*  DeviceFileEvents",
		"FIELD            COLUMN                           HELD, AND USED BY",
		"TargetFilename   FolderPath                       its file name alone: FileName; used by t",
		"ParentImage      InitiatingProcessParentFileName  only the file name; used by t",
		"host (entity)    DeviceId                         used by t",
	} {
		assert.Contains(t, out.String(), line+"\n")
	}
	assert.NotContains(t, out.String(), "other\n")
	out.Reset()
	s.Columns = 80
	all := shipped(t)
	require.NoError(t, New(ls, all, all, nil).Show(s, false))
	require.NoError(t, ShowList(s, List(rules.LogSource{}, all)))
	for line := range strings.SplitSeq(out.String(), "\n") {
		assert.LessOrEqual(t, len(line), 80+len("…"), line)
	}
}

func TestHolds(t *testing.T) {
	assert.Equal(t, []string{"found in it by (x)", "where it is empty: B", "in exports also c, d", "spread over the fields E", "the last part of the path; what is before it: the field F",
		"the user's name without the domain, which is not held", "with p before it", "numbers of the registry in decimal", "a registry key's unnamed value has no name",
		"may have several values", "true is egress", "HKLM is written HKEY", "CurrentControlSet is also written ControlSet???", "never begins with HKCU", "needs this: that"},
		holds(schema.Column{Type: schema.Pattern, Key: "(x)", OrElse: "B", Also: []string{"c", "d"}, Spread: []string{"E"}, Under: "F", Domain: "-", Prefix: "p", Numbers: "decimal", Unnamed: true,
			Multivalue: true, Values: map[string]source.OneOrMore{"true": {"egress"}}, Written: map[string]string{"HKLM": "HKEY"}, AlsoWritten: map[string]string{"CurrentControlSet": "ControlSet???"},
			Never: []string{"HKCU"}, Requires: "that"}))
	assert.Equal(t, []string{"in it as SHA1", "the user's name; the domain: the field UserDomain"}, holds(schema.Column{Type: schema.HashSet, Key: "SHA1", Domain: "UserDomain"}))
}

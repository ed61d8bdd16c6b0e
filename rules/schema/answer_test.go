package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/parse"
)

func lower(t *testing.T, logsource, detection string) *ir.Rule {
	t.Helper()
	rs, found := parse.Rules("rule.yml", []byte("title: T\nlogsource: {"+logsource+"}\ndetection:\n"+detection), nil)
	require.Empty(t, found)
	r, found := ir.Lower(rs[0])
	require.Empty(t, found)
	return r
}

// TestAnswering: which sources a rule is asked of.
func TestAnswering(t *testing.T) {
	const process, registry, network = "product: windows, category: process_creation", "product: windows, category: registry_set", "product: windows, category: network_connection"
	for _, c := range []struct {
		name, model, logsource, detection string
		want                              []string
	}{
		{"a field that all have", "sentinel", process, "  s: {CommandLine: x}\n  condition: s\n", []string{"security_process_creation", "sysmon_process_creation"}},
		{"a field that one has", "sentinel", process, "  s: {OriginalFileName: x}\n  condition: s\n", []string{"sysmon_process_creation"}},
		{"an alternative that one has not", "sentinel", process, "  s: [{OriginalFileName: x}, {Image: y}]\n  condition: s\n", []string{"security_process_creation", "sysmon_process_creation"}},
		{"what is excluded by a field that one has not", "sentinel", process, "  s: {Image: y}\n  f: {OriginalFileName: x}\n  condition: s and not f\n", []string{"sysmon_process_creation"}},
		{"a missing field that one never has", "sentinel", process, "  s: {Image: y, OriginalFileName: null}\n  condition: s\n", []string{"sysmon_process_creation"}},
		{"an event of Security's", "windows", process, "  s: {EventID: 4688, Image: x}\n  condition: s\n", []string{"security_process_creation"}},
		{"its fields", "windows", process, "  s: {NewProcessName: x}\n  condition: s\n", []string{"security_process_creation"}},
		{"Sysmon's event", "windows", process, "  s: {EventID: 1}\n  condition: s\n", []string{"sysmon_process_creation"}},
		{"fields that no log is known to have, where events may carry more", "windows", process, "  s: {Colour: x}\n  condition: s\n", []string{"sysmon_process_creation", "security_process_creation"}},
		{"Security's, of a model with Sysmon's alone", "splunk-windows", process, "  s: {EventID: 4688, NewProcessName: x}\n  condition: s\n", []string{"security"}},
		{"a key, of Security's", "splunk-windows", registry, "  s: {EventID: 4657, ObjectName: x}\n  condition: s\n", []string{"security"}},
		{"a connection, of Security's", "splunk-windows", network, "  s: {EventID: 5156, DestPort: 3389}\n  condition: s\n", []string{"security"}},
		{"an object, of Security's", "winlogbeat", "product: windows, category: file_event", "  s: {EventID: [4663, 4656], ObjectName: x}\n  condition: s\n", []string{"security"}},
		{"a service, of System's", "splunk-windows", process, "  s: {EventID: 7045, ServiceName: x}\n  condition: s\n", []string{"system"}},
		{"a script, of the other of PowerShell's logs", "splunk-windows", "product: windows, category: ps_script", "  s: {EventID: 800, Data: x}\n  condition: s\n", []string{"powershell_classic"}},
		{"either log's event", "splunk-windows", process, "  s: [{EventID: 1, Image: x}, {EventID: 4688, NewProcessName: x}]\n  condition: s\n", []string{"sysmon_process_creation", "security"}},
		{"Sysmon's field in Security's event", "splunk-windows", process, "  s: {EventID: 4688, Image: x}\n  condition: s\n", nil},
		{"an event that is in no log", "splunk-windows", process, "  s: {EventID: 99999}\n  condition: s\n", nil},
		{"a field that Sysmon has not", "splunk-windows", process, "  s: {NewProcessName: x}\n  condition: s\n", nil},
		{"a category within a service", "windows", process + ", service: sysmon", "  s: {Image: x}\n  condition: s\n", []string{"sysmon_process_creation"}},
		{"a category that a service has nothing of", "windows", process + ", service: system", "  s: {Image: x}\n  condition: s\n", nil},
		{"a category within Security", "sentinel", process + ", service: security", "  s: {Image: x}\n  condition: s\n", []string{"security_process_creation"}},
		{"a script within PowerShell's log", "splunk-windows", "product: windows, category: ps_script, service: powershell", "  s: {ScriptBlockText: x}\n  condition: s\n", []string{"ps_script"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := Load(c.model)
			require.NoError(t, err)
			var got []string
			for _, s := range m.Answering(lower(t, c.logsource, c.detection)) {
				got = append(got, s.Name)
			}
			assert.Equal(t, c.want, got)
		})
	}
}

// TestBothHold: an event of a category within a service is one of both.
func TestBothHold(t *testing.T) {
	m, err := Load("windows")
	require.NoError(t, err)
	found := m.Find("process_creation", "windows", "sysmon")
	require.Len(t, found, 1)
	assert.Contains(t, found[0].Scope, ScopeTest{Column: "Channel", Values: []string{"Microsoft-Windows-Sysmon/Operational"}})
	assert.Contains(t, found[0].Scope, ScopeTest{Column: "EventID", Values: []string{"1"}})
	assert.Same(t, found[0], m.Find("process_creation", "windows", "sysmon")[0], "it is made once")
	assert.Empty(t, m.Find("process_creation", "windows", "taskscheduler"))
}

// TestNever: conditions that no event can hold, and such as some can.
func TestNever(t *testing.T) {
	for condition, want := range map[string]string{
		"{EventID: 4688}":                                               `EventCode cannot be 1 in the log source sysmon_process_creation and 4688`,
		"{EventID: 1}":                                                  "",
		"{EventID: '1'}":                                                "",
		"{EventID: [4688, 1]}":                                          "",
		"{EventID|gt: 1}":                                               "EventCode cannot be 1 in the log source sysmon_process_creation and more than 1",
		"{EventID|gte: 1}":                                              "",
		"{EventID: null}":                                               "EventCode cannot be 1 in the log source sysmon_process_creation and missing",
		"{Image: [a, b], Image|startswith: c}":                          "Image cannot be a, b and a text that begins with c",
		"{Image: [a, cb], Image|startswith: c}":                         "",
		"{Image|contains: a, Image|startswith: c}":                      "",
		"{Image: a, Image|exists: false}":                               "Image cannot be a and missing",
		"{User|all: [a, b]}":                                            "User cannot be a and b",
		"{User|all: [a, A]}":                                            "",
		"{ProcessId|gt: 5, ProcessId|lt: 3}":                            "ProcessId cannot be more than 5 and less than 3",
		"{ProcessId|gte: 5, ProcessId|lte: 5}":                          "",
		"{ProcessId|gt: 5, ProcessId|lte: 5}":                           "ProcessId cannot be more than 5 and at most 5",
		"{ProcessId: abc}":                                              "ProcessId cannot be a number and abc",
		"{ProcessId: 7, ProcessId|lt: 7}":                               "ProcessId cannot be 7 and less than 7",
		"[{EventID: 4688, Image: a}, {EventID: 7}]":                     "EventCode cannot be 1 in the log source sysmon_process_creation and 7",
		"[{EventID: 4688}, {Image: a}]":                                 "",
		"{Image|re: a, Image: b}":                                       "",
		"{Data|all: [a, b]}":                                            "",
		"{CommandLine|contains|all: [a, b], CommandLine: [ab]}":         "",
		"{Image|filename: a.exe, Image|filename|cased: b.exe}":          "Image cannot be a path to a.exe and a path to b.exe",
		"{Image|filename: [a.exe, b.exe], Image|filename|cased: B.exe}": "",
		`{Image|filename: a.exe, Image: ['C:\b.exe', '/a.exe/x']}`:      `Image cannot be a path to a.exe and C:\b.exe, /a.exe/x`,
		`{Image|filename: a.exe, Image: ['C:\b.exe', '/A.exe']}`:        "",
		"{EventID|re: '^4688$'}":                                        "EventCode cannot be 1 in the log source sysmon_process_creation and a match of ^4688$",
		"{EventID|re: '^[13]$'}":                                        "",
		"{Provider_Name: Microsoft-Windows-Security-Auditing}":          "Provider_Name cannot be Microsoft-Windows-Sysmon in the log sysmon and Microsoft-Windows-Security-Auditing",
		"{Provider_Name: microsoft-windows-sysmon}":                     "",
		"{Provider_Name|re: ^Microsoft}":                                "",
		"{CommandLine|contains|all: [a, b], CommandLine: [a, b]}":       "CommandLine cannot be a text with a and a text with b and a, b",
	} {
		m, err := Load("splunk-windows")
		require.NoError(t, err)
		s := m.Find("process_creation", "windows", "")[0]
		r := lower(t, "product: windows, category: process_creation", "  s: "+condition+"\n  condition: s\n")
		why, never := m.Never(s, r.Condition)
		assert.Equal(t, want != "", never, condition)
		if never {
			assert.Equal(t, want, why.Message, condition)
		}
		_, never = m.Never(s, &ir.Not{Term: &ir.Not{Term: r.Condition}})
		assert.Equal(t, want != "", never, "twice negated: %s", condition)
	}
}

// TestChannelsOfSources: what a source of Splunk is called tells the channel, in XML and as text.
func TestChannelsOfSources(t *testing.T) {
	m, err := Load("splunk-windows")
	require.NoError(t, err)
	for condition, never := range map[string]bool{
		"{Channel: System, EventID: 7045}":                      true,
		"{Channel: [System, security]}":                         false,
		"{Channel|contains: sec}":                               false,
		"{source: 'WinEventLog:System'}":                        true,
		"{Provider_Name: Microsoft Windows security auditing.}": false, // what the form of text has
	} {
		r := lower(t, "product: windows, service: security", "  s: "+condition+"\n  condition: s\n")
		assert.Equal(t, never, len(m.Answering(r)) == 0, condition)
	}
}

// TestEventsOfNoSuchLog: Sysmon has no other event ids than its own, in every model.
func TestEventsOfNoSuchLog(t *testing.T) {
	for _, model := range []string{"windows", "splunk-windows", "sentinel", "sentinel-event", "winlogbeat", "ecs"} {
		m, err := Load(model)
		require.NoError(t, err)
		for condition, want := range map[string]bool{
			"{EventID: 4688}": true, "{EventID: '4688'}": true, "{EventID: [30, 4657]}": true, "{EventID: 1.5}": true,
			"{EventID: 1}": false, "{EventID: [4688, 1]}": false, "{EventID|gt: 5}": false, "{Image: a}": false, "{EventID: 255}": false,
		} {
			r := lower(t, "product: windows, service: sysmon", "  s: "+condition+"\n  condition: s\n")
			for _, s := range m.Candidates(r) {
				why, never := m.Never(s, r.Condition)
				assert.Equal(t, want, never, "%s %s: %s", model, condition, why.Message)
			}
			assert.Equal(t, want, len(m.Answering(r)) == 0, "%s %s", model, condition)
		}
	}
}

// TestWhatNoLogWrites: a path that begins as Sysmon writes none.
func TestWhatNoLogWrites(t *testing.T) {
	for _, model := range []string{"windows", "splunk-windows", "sentinel", "sentinel-event", "winlogbeat"} {
		m, err := Load(model)
		require.NoError(t, err)
		s := m.Find("registry_event", "windows", "")[0]
		for condition, want := range map[string]bool{
			`{TargetObject|startswith: 'HKCU\Software\'}`:                   true,
			`{TargetObject: 'hkcu\Software\x'}`:                             true,
			`{TargetObject|startswith: ['HKCU\Software\', 'HKEY_LOCAL_M']}`: true,
			`{TargetObject|startswith: ['HKCU\Software\', 'HKU\']}`:         false,
			`{TargetObject|contains: 'HKCU\Software\'}`:                     false,
			`{TargetObject|startswith: 'HKLM\Software\'}`:                   false,
			`{TargetObject|startswith: 'HKCU\Software\', Details: x}`:       true,
		} {
			r := lower(t, "product: windows, category: registry_event", "  s: "+condition+"\n  condition: s\n")
			_, never := m.Never(s, r.Condition)
			assert.Equal(t, want, never, "%s: %s", model, condition)
		}
	}
}

// TestNamesOfLists: where any part of a name may be a list, all ways to write it are asked; a field that a closed log
// does not name is none.
func TestNamesOfLists(t *testing.T) {
	m, err := Load("splunk-cloud")
	require.NoError(t, err)
	s := m.Find("", "aws", "cloudtrail")[0]
	ask := func(test ir.Test) ir.Node {
		own, err := m.Translate(s, &ir.Match{Field: ir.Field{Name: "requestParameters.tags"}, Test: test})
		require.NoError(t, err)
		return own
	}
	var names []string
	for _, n := range ask(&ir.Text{Values: []string{"x"}}).(*ir.Or).Terms {
		names = append(names, n.(*ir.Match).Field.Name)
	}
	assert.Equal(t, []string{"requestParameters.tags", "requestParameters{}.tags", "requestParameters.tags{}", "requestParameters{}.tags{}"}, names)
	assert.IsType(t, &ir.And{}, ask(&ir.Null{}), "missing is missing in each")
	_, err = m.Translate(s, &ir.Match{Field: ir.Field{Name: "requestParameters.a.b.c.d.e"}, Test: &ir.Null{}})
	assert.ErrorContains(t, err, "has more than 5 parts")
	for field, want := range map[string]bool{"eventName": true, "requestParameters.a": true, "requestParameters{}.a": true, "requestParametersX": false, "Colour": false, "userIdentity.arn": true} {
		assert.Equal(t, want, s.Has(m, ir.Field{Name: field}), field)
	}
	audit := m.Find("", "azure", "auditlogs")[0]
	assert.False(t, audit.Has(m, ir.Field{Name: "InitiatedBy.device.id"}))
	assert.True(t, audit.Has(m, ir.Field{Name: "properties.initiatedBy.user.userPrincipalName"}))
}

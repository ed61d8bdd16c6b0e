package kql

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
)

// TestProperties asks for what stands inside a column: of the type dynamic, or of JSON as text.
func TestProperties(t *testing.T) {
	cases := []struct{ name, logsource, detection, want string }{
		{"a property", "{product: windows, category: ps_script}", "{ScriptBlockText|contains: IEX}", `tostring(EventData.ScriptBlockText) contains "IEX"`},
		{"a negated one cannot be null", "{product: windows, category: ps_script}", "{Path: null}", `isempty(tostring(EventData.Path))`},
		{"a name with a blank", "{product: windows, service: windefend}", "{Feature_Name|endswith: x}", `tostring(EventData["Feature Name"]) endswith "x"`},
		{"a hash in a set", "{product: windows, category: image_load}", "{md5: abc}", "extract(@\"(?i)(?:^|,)MD5=([^,]+)\", 1, tostring(EventData.Hashes)) =~ \"abc\""},
		{"the parent's", "{product: windows, category: file_event}", "{ParentImage|endswith: '\\a.exe'}", `tostring(EventData.ParentImage) endswith "\\a.exe"`},
		{"of JSON as text", "{product: aws, service: cloudtrail}", "{requestParameters.enable: 'false'}", `tostring(parse_json(RequestParameters).enable) =~ "false"`},
		{"of a type", "{product: azure, service: signinlogs}", "{DeviceDetail.isCompliant: false}", "tobool(DeviceDetail.isCompliant) == false"},
		{"a number", "{product: kubernetes, service: audit}", "{responseStatus.code: 403}", "tolong(ResponseStatus.code) == 403"},
		{"a value after its name", "{product: linux, service: auditd}", "{a0|cased: ls}", "extract(\"(?:^|[\\\\s'\\\\x1d])a0=\\\"?([^\\\"\\\\s\\\\x1d]*[^\\\"\\\\s\\\\x1d'])\", 1, SyslogMessage) == \"ls\""},
		{"the table's own column", "{product: windows, category: ps_script}", "{EventID: 4104}", "EventID == 4104"},
	}
	m, err := schema.Load("sentinel")
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := "title: T\nlogsource: " + c.logsource + "\ndetection:\n  s: " + c.detection + "\n  condition: s\n"
			rs, found := parse.Rules("rule.yml", []byte(text), nil)
			require.Empty(t, found)
			r, found := ir.Lower(rs[0])
			require.Empty(t, found)
			q, found := New().Compile(r, compilers.Options{Model: m})
			require.Empty(t, found)
			assert.Contains(t, q.Text, "\n| where "+c.want+"\n")
		})
	}
}

// TestLogsThatHaveTheFieldsAreAskedTogether compiles to all tables of the log source that can answer.
func TestLogsThatHaveTheFieldsAreAskedTogether(t *testing.T) {
	m, err := schema.Load("sentinel")
	require.NoError(t, err)
	for detection, tables := range map[string][]string{
		"s: {CommandLine: x}":                                        {"SecurityEvent", "WindowsEvent"},
		"s: {OriginalFileName: x}":                                   {"WindowsEvent"},
		"s: [{OriginalFileName: x}, {CommandLine: x}]":               {"SecurityEvent", "WindowsEvent"},
		"s: {CommandLine: x, EventID: 4688}":                         {"SecurityEvent", "WindowsEvent"},
		"s: {CommandLine: x, EventID: 1}":                            {"WindowsEvent"},
		"s: {CommandLine: x}\n  no: {OriginalFileName|exists: true}": {"WindowsEvent"},
	} {
		condition := "s"
		if strings.Contains(detection, "no:") {
			condition = "s and not no"
		}
		rs, found := parse.Rules("rule.yml", []byte("title: T\nlogsource: {product: windows, category: process_creation}\ndetection:\n  "+detection+"\n  condition: "+condition+"\n"), nil)
		require.Empty(t, found)
		r, found := ir.Lower(rs[0])
		require.Empty(t, found)
		q, found := New().Compile(r, compilers.Options{Model: m})
		require.Empty(t, found, detection)
		for _, table := range []string{"SecurityEvent", "WindowsEvent"} {
			assert.Equal(t, slices.Contains(tables, table), strings.Contains("\n"+strings.ReplaceAll(q.Text, "  ", ""), "\n"+table+"\n"), "%s in %s\n%s", table, detection, q.Text)
		}
	}
}

// TestSourcesLeftOutAreNamed: a source whose events lack what a rule or its filter excludes by is not asked, and the query says so.
func TestSourcesLeftOutAreNamed(t *testing.T) {
	m, err := schema.Load("sentinel")
	require.NoError(t, err)
	for _, c := range []struct{ detection, want string }{
		{"s: {Image: a}, no: {OriginalFileName: b}, condition: s and not no", "not asked: security_process_creation, whose events have no OriginalFileName, by which the rule or its filter excludes"},
		{"s: {Image: a}, no: {User: b}, condition: s and not no", ""},
		{"s: {Image: a}, no: {OriginalFileName: b}, condition: s or no", ""},
	} {
		rs, found := parse.Rules("rule.yml", []byte("title: T\nlogsource: {product: windows, category: process_creation}\ndetection: {"+c.detection+"}\n"), nil)
		require.Empty(t, found)
		r, found := ir.Lower(rs[0])
		require.Empty(t, found)
		q, found := New().Compile(r, compilers.Options{Model: m})
		require.Empty(t, found)
		got := ""
		for _, n := range q.Notes {
			if n.Code == "sources-left-out" {
				got = n.Message
			}
		}
		assert.Equal(t, c.want, got, c.detection)
	}
}

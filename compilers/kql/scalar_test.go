package kql

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
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
		{"of a type", "{product: aws, service: cloudtrail}", "{userIdentity.sessionContext.attributes.mfaAuthenticated: false}", "SessionMfaAuthenticated == false"},
		{"a number", "{product: kubernetes, service: audit}", "{responseStatus.code: 403}", "tolong(ResponseStatus.code) == 403"},
		{"a value after its name", "{product: linux, service: auditd}", "{a0|cased: ls}", "extract(\"(?:^|[\\\\s'\\\\x1d])a0=\\\"?([^\\\"\\\\s\\\\x1d]*[^\\\"\\\\s\\\\x1d'])\", 1, SyslogMessage) == \"ls\""},
		{"the table's own column", "{product: windows, category: ps_script}", "{EventID: 4104}", "EventID == 4104"},
	}
	m := lowered.Model(t, "sentinel")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := "logsource: " + c.logsource + "\ndetection:\n  s: " + c.detection + "\n  condition: s\n"
			r := lowered.Rule(t, text)
			q, found := New().Compile(r, compilers.Options{Model: m})
			require.Empty(t, found)
			assert.Contains(t, q.Text, "\n| where "+c.want+"\n")
		})
	}
}

package event

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEventViewer: values are read from messages that have them by name; the file says of how many events it has only
// the text.
func TestEventViewer(t *testing.T) {
	events, rejected, notes := readText(t, "saved.csv", "\ufeffLevel,Date and Time,Source,Event ID,Task Category\r\n"+
		"Information,1/2/2026 3:04:05 AM,Microsoft-Windows-Sysmon,1,Process Create,\"Process Create:\r\nRuleName: -\r\nUtcTime: 2026-01-02 03:04:05.123\r\nImage: C:\\a.exe\r\nCommandLine: a \"\"x\"\"\r\nsecond line\r\nUser: A\\b\"\r\n"+
		"Verbose,1/2/2026 3:04:05 AM,Microsoft-Windows-PowerShell,4104,Execute,\"Creating Scriptblock text (1 of 2):\r\nGet-Item x: y\r\n\r\nwhoami\r\n\r\nScriptBlock ID: 1-2\r\nPath: \"\r\n"+
		"Information,1/2/2026 3:04:05 AM,Microsoft-Windows-Security-Auditing,4624,Logon,\"An account was logged on.\r\n\r\nSubject:\r\n\tAccount Name:\t\tbob\"\r\n"+
		"Information,cut\r\n")
	assert.Equal(t, []int{20}, rejected)
	assert.Equal(t, []string{"the Event Viewer's CSV has times without a zone, which are read as UTC", "events with only a message text and no fields: 1 (save the log as EVTX or XML)"}, notes)
	var got []map[string]any
	for _, text := range events {
		var fields map[string]any
		require.NoError(t, json.Unmarshal([]byte(text), &fields))
		assert.NotEmpty(t, fields["Message"])
		delete(fields, "Message")
		got = append(got, fields)
	}
	assert.Equal(t, []map[string]any{
		{"Level": "Information", "TimeCreated": "1/2/2026 3:04:05 AM", "Provider_Name": "Microsoft-Windows-Sysmon", "EventID": "1", "TaskCategory": "Process Create", "Channel": "Microsoft-Windows-Sysmon/Operational",
			"RuleName": "-", "UtcTime": "2026-01-02 03:04:05.123", "Image": `C:\a.exe`, "CommandLine": "a \"x\"\nsecond line", "User": `A\b`},
		{"Level": "Verbose", "TimeCreated": "1/2/2026 3:04:05 AM", "Provider_Name": "Microsoft-Windows-PowerShell", "EventID": "4104", "TaskCategory": "Execute", "Channel": "Microsoft-Windows-PowerShell/Operational",
			"MessageNumber": "1", "MessageTotal": "2", "ScriptBlockText": "Get-Item x: y\n\nwhoami", "ScriptBlockId": "1-2"},
		{"Level": "Information", "TimeCreated": "1/2/2026 3:04:05 AM", "Provider_Name": "Microsoft-Windows-Security-Auditing", "EventID": "4624", "TaskCategory": "Logon", "Channel": "Security"},
	}, got)
}

package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestWordsOfAncestors: what a product stores in two columns or in words of its own is found of a process, and of one
// above it whose creation tells it.
func TestWordsOfAncestors(t *testing.T) {
	const sha1 = "0123456789012345678901234567890123456789"
	defender := []string{
		`{"ReportId":1,"Timestamp":"2026-01-01T00:00:00Z","ActionType":"ProcessCreated","DeviceId":"d","FileName":"a.exe","FolderPath":"C:\\a.exe","ProcessId":1,"ProcessCreationTime":"2026-01-01T00:00:00Z","AccountDomain":"NT AUTHORITY","AccountName":"SYSTEM","SHA1":"` + sha1 + `","ProcessIntegrityLevel":"High","LogonId":999}`,
		`{"ReportId":2,"Timestamp":"2026-01-01T00:01:00Z","ActionType":"ProcessCreated","DeviceId":"d","FileName":"b.exe","FolderPath":"C:\\b.exe","ProcessId":2,"ProcessCreationTime":"2026-01-01T00:01:00Z","AccountDomain":"CORP","AccountName":"bob","InitiatingProcessId":1,"InitiatingProcessCreationTime":"2026-01-01T00:00:00Z"}`,
		`{"ReportId":3,"Timestamp":"2026-01-01T00:02:00Z","ActionType":"ProcessCreated","DeviceId":"d","FileName":"c.exe","FolderPath":"C:\\c.exe","ProcessId":3,"ProcessCreationTime":"2026-01-01T00:02:00Z","AccountDomain":"CORP","AccountName":"bob","InitiatingProcessId":2,"InitiatingProcessCreationTime":"2026-01-01T00:01:00Z"}`,
	}
	created := func(id, at, image, pid, parent, domain, user, label string) string {
		return `{"Event":{"System":{"EventID":4688,"Channel":"Security","Computer":"h","EventRecordID":` + id + `,"TimeCreated":{"#attributes":{"SystemTime":"2026-01-01T00:0` + at + `:00Z"}}},"EventData":{"NewProcessName":"C:\\` + image +
			`","NewProcessId":"` + pid + `","ProcessId":"` + parent + `","SubjectDomainName":"` + domain + `","SubjectUserName":"` + user + `","MandatoryLabel":"` + label + `"}}}`
	}
	audit := []string{
		created("1", "1", "a.exe", "0x10", "0x4", "NT AUTHORITY", "SYSTEM", "S-1-16-16384"),
		created("2", "2", "b.exe", "0x20", "0x10", "CORP", "bob", "S-1-16-8192"),
	}
	for _, c := range []struct {
		model, asked string
		events       []string
		above        string // how far the event that matches is below the one that tells it
		want         string
	}{
		{"mde", "User|contains: AUTHORI", defender, "grandparent", "3"},
		{"mde", `User: NT AUTHORITY\SYSTEM`, defender, "grandparent", "3"},
		{"mde", `User|endswith: \SYSTEM`, defender, "grandparent", "3"},
		{"mde", "IntegrityLevel: S-1-16-12288", defender, "grandparent", "3"},
		{"mde", "Hashes|contains: SHA1=" + sha1, defender, "grandparent", "3"},
		{"mde", "LogonId: '0x3e7'", defender, "grandparent", "3"},
		{"windows", "User|contains: AUTHORI", audit, "", "1"},
		{"windows", `User: NT AUTHORITY\SYSTEM`, audit, "", "1"},
		{"windows", `User: CORP\bob`, audit, "", "2"},
		{"windows", "User: bob", audit, "", "2"},
		{"windows", `User: 'C*P\\b*'`, audit, "", "2"},
		{"windows", `User|re: '^NT .*\\SYS'`, audit, "", "1"},
		{"windows", "User|re: bob$", audit, "", "2"},
		{"windows", "User|re: '^NT'", audit, "parent", "2"},
		{"windows", "IntegrityLevel: System", audit, "", "1"},
		{"windows", "User|startswith: NT AUTHORITY", audit, "parent", "2"},
		{"windows", "IntegrityLevel: System", audit, "parent", "2"},
	} {
		text := "logsource: {product: windows, category: process_creation}\ndetection:\n  s: {" + c.asked + "}\n  condition: s\n"
		if c.above != "" {
			text = "logsource: {product: windows, category: process_creation}\nancestry:\n  s:\n    " + c.above + ": {" + c.asked + "}\ndetection:\n  i: {Image|contains: exe}\n  condition: i and s\n"
		}
		assert.Equal(t, []string{c.want}, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, c.model)}, []*ir.Rule{lowered.Rule(t, text)}, c.events...), "%s: %s %s", c.model, c.above, c.asked)
	}
}

package document

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkRecord reads a process creation as evtx_dump writes it, for rules that ask for some of its fields.
func BenchmarkRecord(b *testing.B) {
	l := newLayout()
	for _, name := range []string{"EventID", "Channel", "Provider_Name", "Computer", "TimeCreated", "Image", "CommandLine", "ParentImage", "ParentCommandLine", "User", "Hashes", "OriginalFileName", "LogonId"} {
		l.column(name)
	}
	d := New(l)
	var events [][]byte
	for i := range 64 {
		events = append(events, fmt.Appendf(nil, `{"Event":{"#attributes":{"xmlns":"http://schemas.microsoft.com/win/2004/08/events/event"},"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon","Guid":"5770385F-C22A-43E0-BF4C-06F5698FFBD9"}},"EventID":1,"Version":5,"Level":4,"Task":1,"Opcode":0,"Keywords":"0x8000000000000000","TimeCreated":{"#attributes":{"SystemTime":"2026-03-01T10:00:%02d.000000Z"}},"EventRecordID":%d,"Correlation":null,"Execution":{"#attributes":{"ProcessID":2440,"ThreadID":3344}},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"PC%d","Security":{"#attributes":{"UserID":"S-1-5-18"}}},"EventData":{"RuleName":"-","UtcTime":"2026-03-01 10:00:00.000","ProcessGuid":"5770385F-C22A-43E0-BF4C-06F5698FFBD9","ProcessId":%d,"Image":"C:\\Windows\\System32\\tool%d.exe","FileVersion":"10.0","Description":"Tool","Product":"Windows","Company":"Microsoft","OriginalFileName":"tool.exe","CommandLine":"\"C:\\Windows\\System32\\tool%d.exe\" -x","CurrentDirectory":"C:\\","User":"NT AUTHORITY\\SYSTEM","LogonGuid":"5770385F-C22A-43E0-BF4C-06F5698FFBD9","LogonId":"0x3e7","TerminalSessionId":0,"IntegrityLevel":"System","Hashes":"SHA1=0A,MD5=0B","ParentProcessGuid":"5770385F-C22A-43E0-BF4C-06F5698FFBD9","ParentProcessId":4,"ParentImage":"C:\\Windows\\System32\\services.exe","ParentCommandLine":"services.exe"}}}`,
			i, i, i%5, 1000+i, i, i))
	}
	b.SetBytes(int64(len(events[0])))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if err := d.Load(events[i%len(events)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
	require.False(b, d.wrapped)
}

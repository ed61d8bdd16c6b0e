package event

import (
	"bytes"
	"testing"
)

// BenchmarkNextRaw gives what it costs to find the events of lines of JSON, which are not decoded.
func BenchmarkNextRaw(b *testing.B) {
	line := `{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"\"C:\\Windows\\System32\\cmd.exe\" /c whoami","User":"NT AUTHORITY\\SYSTEM",` +
		`"UtcTime":"2026-03-01 10:00:00.123","ProcessGuid":"{b34bc01c-de5e-5f68-5b16-000000000400}","ProcessId":9848,"IntegrityLevel":"System","Hashes":"SHA1=413C1F34505298888665E7C9C2D03AD5FF51723F"}` + "\n"
	text := bytes.Repeat([]byte(line), 10_000)
	memory := make([]byte, 1<<20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r, err := NewReader("e.ndjson", bytes.NewReader(text), Options{})
		for err == nil {
			if !r.Ready() {
				r.Lend(memory)
			}
			_, err = r.NextRaw()
		}
	}
}

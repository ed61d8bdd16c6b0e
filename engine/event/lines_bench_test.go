package event

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// BenchmarkNextRaw gives what it costs to find the events of a file by its form: JSON is not decoded, text is.
func BenchmarkNextRaw(b *testing.B) {
	object := `{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"\"C:\\Windows\\System32\\cmd.exe\" /c whoami","User":"NT AUTHORITY\\SYSTEM",` +
		`"UtcTime":"2026-03-01 10:00:00.123","ProcessGuid":"{b34bc01c-de5e-5f68-5b16-000000000400}","ProcessId":9848,"IntegrityLevel":"System","Hashes":"SHA1=413C1F34505298888665E7C9C2D03AD5FF51723F"}`
	for _, of := range []struct{ name, file, head, each string }{
		{"lines", "e.ndjson", "", object + "\n"},
		{"array", "e.json", "[", object + ","},
		{"indented", "e.json", "[\n", "  " + strings.NewReplacer(`,"`, ",\n    \"", "{\"E", "{\n    \"E").Replace(object) + ",\n"},
		{"CSV", "e.csv", "EventID,Channel,Image,CommandLine,User\n", `1,Microsoft-Windows-Sysmon/Operational,C:\Windows\System32\cmd.exe,"""C:\Windows\System32\cmd.exe"" /c whoami",NT AUTHORITY\SYSTEM` + "\n"},
		{"XML", "e.xml", "", `<Event><System><EventID>1</EventID><Channel>Microsoft-Windows-Sysmon/Operational</Channel></System><EventData><Data Name="Image">C:\Windows\System32\cmd.exe</Data><Data Name="User">NT AUTHORITY\SYSTEM</Data></EventData></Event>` + "\n"},
		{"syslog", "auth.log", "", "Feb 22 22:14:15 web1 sshd[123]: Failed password for root from 10.0.0.1 port 2222 ssh2\n"},
		{"auditd", "audit.log", "", `type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e syscall=2 success=no exit=-13 a0=7fffd19c5592 comm="cat" exe="/bin/cat"` + "\n"},
		{"requests", "access.log", "", `10.0.0.1 - - [22/Feb/2026:22:14:15 +0000] "GET /a?b=c HTTP/1.1" 200 512 "-" "curl/8"` + "\n"},
		{"W3C", "u_ex.log", "#Fields: date time cs-method cs-uri-stem c-ip sc-status\n", "2026-02-22 22:14:15 GET /a.aspx 10.0.0.1 200\n"},
	} {
		b.Run(of.name, func(b *testing.B) {
			text := append([]byte(of.head), bytes.Repeat([]byte(of.each), 10_000)...)
			memory := make([]byte, 1<<18)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				r, err := NewReader(of.file, bytes.NewReader(text), Options{})
				for err == nil {
					if !r.Ready() {
						r.Lend(memory)
					}
					_, err = r.NextRaw()
				}
				if !errors.Is(err, io.EOF) || r.Rejected() > 0 || r.Lines() < 10_000 {
					b.Fatal(err, r.Rejected(), r.Lines())
				}
			}
		})
	}
}

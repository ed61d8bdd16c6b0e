package logline

import (
	"testing"
	"time"
)

// BenchmarkParse gives what a line costs: most forms are looked for by expressions, one after the other.
func BenchmarkParse(b *testing.B) {
	for name, text := range map[string]string{
		"syslog": `Feb 22 22:14:15 web1 sshd[123]: Failed password for root from 10.0.0.1 port 2222 ssh2`,
		"auditd": `type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e syscall=2 success=no exit=-13 a0=7fffd19c5592 comm="cat" exe="/bin/cat"`,
		"access": `10.0.0.1 - - [22/Feb/2026:22:14:15 +0000] "GET /a?b=c HTTP/1.1" 200 512 "-" "curl/8"`,
	} {
		b.Run(name, func(b *testing.B) {
			r := &Reader{Latest: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := r.Parse(text); !ok {
					b.Fatal("the line has no form")
				}
			}
		})
	}
}

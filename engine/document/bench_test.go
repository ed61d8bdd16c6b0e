package document

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// events writes process creations of which every value is new, or, as a log has them, most are those of the event
// before, and PowerShell's, whose long text is new or goes on otherwise after a head that stays. Windows' paths have an
// escape in every few letters.
func events(powershell, repeat bool) [][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	word := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[r.IntN(62)])
		}
		return b.String()
	}
	path := func() string { return `C:\\` + word(8) + `\\` + word(10) + `\\` + word(9) + `.exe` }
	pick := func(few []string, next func() string) string {
		if repeat {
			return few[r.IntN(len(few))]
		}
		return next()
	}
	var images, users, heads []string
	for range 12 {
		images, users, heads = append(images, path()), append(users, `CORP\\`+word(8)), append(heads, strings.Repeat(`Host = `+path()+`\r\n`, 30))
	}
	var out [][]byte
	for i := range 512 {
		if powershell {
			out = append(out, fmt.Appendf(nil, `{"EventID":4103,"Channel":"Microsoft-Windows-PowerShell/Operational","EventRecordID":%d,"Computer":"%s","ContextInfo":"%s%s","Payload":"CommandInvocation(%s): \"%s\"","UserID":"S-1-5-18"}`,
				i, pick(users, func() string { return word(12) }), pick(heads[:1], func() string { return strings.Repeat(`Host = `+path()+`\r\n`, 30) }), word(200), word(12), word(40)))
			continue
		}
		out = append(out, fmt.Appendf(nil, `{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","EventRecordID":%d,"UtcTime":"2024-05-01 10:%02d:%02d.%03d","Computer":"%s","Image":"%s","CommandLine":"%s %s","ParentImage":"%s","User":"%s","IntegrityLevel":"System","ProcessId":%d,"Hashes":"SHA1=%040x"}`,
			i, i/60%60, i%60, i%1000, pick(users, func() string { return word(12) }), pick(images, path), pick(images, path), word(20), pick(images, path), pick(users, func() string { return word(14) }), r.IntN(9999), r.Uint64()))
	}
	return out
}

// BenchmarkRepeats gives what an event costs that is read with what was kept of those before, and without.
func BenchmarkRepeats(b *testing.B) {
	for _, log := range []string{"creations", "powershell"} {
		for _, repeat := range []bool{true, false} {
			for _, kept := range []bool{true, false} {
				b.Run(fmt.Sprintf("%s/repeating=%t/kept=%t", log, repeat, kept), func(b *testing.B) {
					all := events(log == "powershell", repeat)
					l := newLayout()
					for _, name := range []string{"EventID", "Channel", "Image", "CommandLine", "ParentImage", "User", "ContextInfo", "Payload"} {
						l.column(name)
					}
					d := New(l)
					if !kept {
						d.keysKept = maxKeys // there is no room for another
					}
					size := 0
					for _, data := range all {
						size += len(data)
					}
					b.SetBytes(int64(size / len(all)))
					b.ReportAllocs()
					i := 0
					for b.Loop() {
						if err := d.Load(all[i%len(all)]); err != nil {
							b.Fatal(err)
						}
						i++
					}
					require.Equal(b, kept, d.top.start.next[0] != nil)
				})
			}
		}
	}
}

// BenchmarkOrders gives what an event costs among others of forty kinds, each with an order of keys of its own: where a
// key is looked for after the keys before it, and where there is no room for that.
func BenchmarkOrders(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	l := newLayout()
	var kinds []string
	for range 40 {
		var text strings.Builder
		for _, i := range r.Perm(60)[:30] {
			fmt.Fprintf(&text, `,"Field%d":"%d"`, i, r.IntN(1000))
			if i%2 == 0 {
				l.column(fmt.Sprint("Field", i))
			}
		}
		kinds = append(kinds, "{"+text.String()[1:]+"}")
	}
	var all [][]byte
	for range 4096 {
		all = append(all, []byte(kinds[r.IntN(len(kinds))]))
	}
	for name, taken := range map[string]int{"room=true": 0, "room=false": maxPositions} {
		b.Run(name, func(b *testing.B) {
			d := New(l)
			d.positions = taken
			b.SetBytes(int64(len(all[0])))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if err := d.Load(all[i%len(all)]); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}

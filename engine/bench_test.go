package engine_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// synthetic gives rules as public ones are, and process creations of which one in a hundred is
// what some rule looks for. A seed is fixed, so that runs compare.
func synthetic(b *testing.B, rules, events int) ([]*ir.Rule, []*event.Event) {
	r := rand.New(rand.NewPCG(1, 2))
	rs := make([]*ir.Rule, rules)
	for i := range rs {
		rs[i] = lowered.Rule(b, fmt.Sprintf(`
detection:
  image: [{Image|endswith: ['\tool%[1]d.exe', '\other%[1]d.exe']}, {OriginalFileName: tool%[1]d.exe}]
  line: {CommandLine|contains|all: [' -flag%[1]d', 'run']}
  re: {CommandLine|re: 'get-[a-z]+%[1]d\s'}
  filter: {ParentImage|startswith: 'C:\Program Files\App%[1]d\'}
  condition: (image and line or re) and not filter
`, i))
	}
	all := make([]*event.Event, events)
	for i := range all {
		image, line := fmt.Sprintf(`C:\\Windows\\System32\\svc%d.exe`, r.IntN(50)), fmt.Sprintf(`svchost.exe -k netsvcs -p -s %d`, r.IntN(1000))
		if r.IntN(100) == 0 {
			n := r.IntN(rules)
			image, line = fmt.Sprintf(`C:\\Temp\\tool%d.exe`, n), fmt.Sprintf(`tool -flag%d run`, n)
		}
		all[i] = &event.Event{Source: "bench", Line: i + 1, Raw: fmt.Appendf(nil, `{"EventRecordID":%d,"UtcTime":"2024-05-01 10:00:00","Computer":"h%d","Image":"%s","CommandLine":"%s","ParentImage":"C:\\Windows\\System32\\services.exe","User":"NT AUTHORITY\\SYSTEM","ProcessId":%d,"Hashes":"SHA1=%040x,MD5=%032x"}`,
			i, r.IntN(10), image, line, r.IntN(9999), r.Uint64(), r.Uint64())}
	}
	return rs, all
}

// BenchmarkEngine gives the cost of an event for different numbers of rules.
func BenchmarkEngine(b *testing.B) {
	for _, rules := range []int{1, 100, 1600} {
		b.Run(fmt.Sprintf("rules=%d", rules), func(b *testing.B) {
			rs, all := synthetic(b, rules, 2000)
			e, found := engine.New(rs, engine.Options{})
			require.Empty(b, found)
			b.SetBytes(int64(len(all[0].Raw)))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if err := e.Add(all[i%len(all)]); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}

// BenchmarkNew gives the cost of loading.
func BenchmarkNew(b *testing.B) {
	rs, _ := synthetic(b, 1600, 1)
	for b.Loop() {
		if _, found := engine.New(rs, engine.Options{}); found.HasErrors() {
			b.Fatal(found)
		}
	}
}

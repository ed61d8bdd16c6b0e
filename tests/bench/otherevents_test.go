//go:build unix

package bench

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/tests/fixture"
	"decree/tests/fixture/lowered"
)

// fortnight makes process creations of fourteen days from a fixed seed, a line each: 500 hosts, and up to 20,000
// programs of which a few are started most.
func fortnight(n int) []byte {
	r, begin := rand.New(rand.NewPCG(2026, 14)), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var out bytes.Buffer
	for i := range n {
		at := begin.Add(time.Duration(i) * 14 * 24 * time.Hour / time.Duration(n))
		program := min(int(math.Pow(1-r.Float64(), -1/0.7)), 20_000) // Pareto's distribution
		fmt.Fprintf(&out, `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"EventRecordID":%d,"Computer":"host-%d","UtcTime":%q,"User":"CORP\\user%d","Image":"C:\\Program Files\\Vendor\\p%d.exe",`+
			`"CommandLine":"p%[5]d.exe --run %[6]d","ParentImage":"C:\\Windows\\explorer.exe","ProcessId":%d,"Hashes":"SHA1=%040[5]X,MD5=%032[5]X"}`+"\n",
			i, r.IntN(500), at.Format(time.RFC3339), r.IntN(20), program, r.IntN(1<<30), r.IntN(65536))
	}
	return bytes.Clone(out.Bytes())
}

// BenchmarkOtherEvents asks rules of other events over a fortnight. An operation is the whole run; its memory is what
// waits for the end of the input.
func BenchmarkOtherEvents(b *testing.B) {
	events := fixture.Times(100_000, 1_000_000)
	data := fortnight(events)
	for name, text := range map[string]string{
		"no other events": "detection: {s: {Image|endswith: '9.exe'}, condition: s}\n",
		"first_seen":      "first_seen: {new: {fields: [host, sha1], over: 14d}}\ndetection: {s: {Image|endswith: .exe}, condition: s and new}\n",
		"joins": `joins: {others: {rule: other, same: [host, User], before: 1d, count: {distinct: Image, gte: 3}}}
detection: {s: {Image|endswith: '9.exe'}, condition: s and others}
---
title: Other
name: other
logsource: {product: windows, category: process_creation}
detection: {s: {Image|contains: p1}, condition: s}
`,
	} {
		b.Run(fmt.Sprintf("%s/%d", name, events), func(b *testing.B) {
			rs := lowered.Rules(b, "title: T\nlogsource: {product: windows, category: process_creation}\n"+text)
			m := lowered.Model(b, "windows")
			for b.Loop() {
				before := heap()
				began := cpu(b)
				e, found := engine.New(rs[:1], engine.Options{Model: m, OnResult: func(engine.Result) {}})
				require.Empty(b, found)
				in, err := event.NewReader("events.ndjson", io.NopCloser(bytes.NewReader(data)), event.Options{})
				require.NoError(b, err)
				require.NoError(b, e.Run(in, "events", 1, nil))
				used := cpu(b) - began
				held := heap() - before
				began = cpu(b)
				_, stats, err := e.Finish()
				require.NoError(b, err)
				require.Zero(b, stats.Dropped+stats.Uncorrelated)
				b.ReportMetric((used + cpu(b) - began).Seconds(), "cpu-s")
				b.ReportMetric(float64(held)/1e6, "MB")
			}
		})
	}
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	return int64(mem.HeapAlloc)
}

// cpu is the processor's time that this process took.
func cpu(tb testing.TB) time.Duration {
	var used syscall.Rusage
	require.NoError(tb, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

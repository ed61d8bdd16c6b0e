// Package bench measures the engine on real telemetry and on a generator with a fixed seed. Nothing
// in it asserts a time: compare figures of one run, as ratios.
package bench

import (
	"bytes"
	"compress/gzip"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fastjson"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/rules/source"
	"decree/tests/fixture"
)

// publicRules gives the first n of the public rules; 0 is all.
func publicRules(b *testing.B, n int) []*ir.Rule {
	b.Helper()
	folder, err := source.OpenFolder(fixture.Corpus(b, "sigmahq", "rules"))
	require.NoError(b, err)
	files, _, err := parse.RuleFiles(folder, ".")
	require.NoError(b, err)
	var out []*ir.Rule
	step := 1
	if n > 0 {
		step = len(files) / n
	}
	for i := 0; i < len(files) && (n == 0 || len(out) < n); i += step {
		rs, _ := parse.RulesIn(folder, files[i])
		for _, r := range rs {
			lowered, found := ir.Lower(r)
			require.NotNil(b, lowered, found)
			out = append(out, lowered)
		}
	}
	return out
}

// publicEvents gives the first lines of the public events, or of the file that DECREE_BENCH_EVENTS names.
func publicEvents(b *testing.B, n int) [][]byte {
	b.Helper()
	if lines, ok := fixture.BenchEvents(b, n); ok {
		return lines
	}
	f, err := os.Open(fixture.Corpus(b, "events", "windows.ndjson.gz"))
	require.NoError(b, err)
	defer func() { require.NoError(b, f.Close()) }()
	z, err := gzip.NewReader(f)
	require.NoError(b, err)
	return fixture.Lines(b, z, n)
}

func size(lines [][]byte) (n int64) {
	for _, l := range lines {
		n += int64(len(l))
	}
	return n
}

const sample = 50_000

func windows(b testing.TB) *schema.Model {
	b.Helper()
	m, err := schema.Load("windows")
	require.NoError(b, err)
	return m
}

// BenchmarkParseOnly is what reading the events' JSON costs at least.
func BenchmarkParseOnly(b *testing.B) {
	lines := publicEvents(b, sample)
	b.SetBytes(size(lines))
	var p fastjson.Parser
	for b.Loop() {
		for _, l := range lines {
			if _, err := p.ParseBytes(l); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)*float64(len(lines))/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkMatch evaluates rules on one core.
func BenchmarkMatch(b *testing.B) {
	lines := publicEvents(b, sample)
	for _, n := range []int{100, 400, 0} {
		b.Run("rules="+strconv.Itoa(n), func(b *testing.B) {
			e, found := engine.New(publicRules(b, n), engine.Options{Model: windows(b), MaxPending: 1})
			require.False(b, found.HasErrors())
			b.SetBytes(size(lines))
			b.ReportAllocs()
			ev := &event.Event{Source: "bench"}
			for b.Loop() {
				for i, l := range lines {
					ev.Raw, ev.Line = l, i+1
					if err := e.Add(ev); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.N)*float64(len(lines))/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkRun reads and evaluates on one and on two cores.
func BenchmarkRun(b *testing.B) {
	lines := bytes.Join(publicEvents(b, sample), []byte("\n"))
	rs := publicRules(b, 0)
	for _, workers := range []int{1, 2} {
		b.Run("workers="+strconv.Itoa(workers), func(b *testing.B) {
			b.SetBytes(int64(len(lines)))
			for b.Loop() {
				b.StopTimer()
				e, found := engine.New(rs, engine.Options{Model: windows(b)})
				require.False(b, found.HasErrors())
				r, err := event.NewReader("bench", bytes.NewReader(lines), event.Options{})
				require.NoError(b, err)
				b.StartTimer()
				require.NoError(b, e.Run(r, "bench", workers, nil))
				_, _, err = e.Finish()
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkLog reads a Windows event log and evaluates every public rule, on one worker. The log is that of
// DECREE_BENCH_LOG, such as evtxlog.py writes.
func BenchmarkLog(b *testing.B) {
	path := os.Getenv("DECREE_BENCH_LOG")
	if path == "" {
		b.Skip("no Windows event log: set DECREE_BENCH_LOG")
	}
	log, err := os.ReadFile(path)
	require.NoError(b, err)
	e, found := engine.New(publicRules(b, 0), engine.Options{Model: windows(b), MaxPending: 1, OnResult: func(engine.Result) {}})
	require.False(b, found.HasErrors())
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	read := 0
	for b.Loop() {
		r, err := event.NewReader(path, bytes.NewReader(log), event.Options{})
		require.NoError(b, err)
		require.NoError(b, e.Run(r, path, 1, nil))
		read += r.Lines()
	}
	b.ReportMetric(float64(read)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkLoad compiles every public rule.
func BenchmarkLoad(b *testing.B) {
	rs := publicRules(b, 0)
	m := windows(b)
	for b.Loop() {
		_, found := engine.New(rs, engine.Options{Model: m})
		require.False(b, found.HasErrors())
	}
}

package engine_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/rules/source"
	"decree/tests/fixture"
)

// workload are events as a file has them, and the rules and the data model that they are asked with.
type workload struct {
	file, rules, model string
	events             []byte
}

// workloadHere is the one that tests/bench/compare.py --exhaustive made, of which a Windows event log is read as a
// whole, or else a part of the public events with the public rules.
func workloadHere(t *testing.T) workload {
	t.Helper()
	w := workload{file: os.Getenv("DECREE_BENCH_EVENTS"), rules: os.Getenv("DECREE_BENCH_RULES"), model: os.Getenv("DECREE_BENCH_MODEL")}
	switch {
	case w.file == "":
		w.file, w.rules, w.model = "public.ndjson", fixture.Corpus(t, "sigmahq", "rules"), "windows"
		w.events = bytes.Join(slices.Concat(publicLines(t, "windows-process.ndjson.gz", 1), publicLines(t, "windows.ndjson.gz", fixture.Times(100, 10))), []byte("\n"))
	case filepath.Ext(w.file) == ".evtx":
		data, err := os.ReadFile(w.file)
		require.NoError(t, err)
		w.events = data
	default:
		lines, _ := fixture.BenchEvents(t, 20_000)
		w.events = bytes.Join(lines, []byte("\n"))
	}
	return w
}

// publicLines gives one of so many events of a public file, from all of it.
func publicLines(t *testing.T, name string, of int) (out [][]byte) {
	t.Helper()
	f, err := os.Open(fixture.Corpus(t, "events", name))
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	for i := 0; lines.Scan(); i++ {
		if i%of == 0 {
			out = append(out, bytes.Clone(lines.Bytes()))
		}
	}
	require.NoError(t, lines.Err())
	return out
}

// TestTheIndexLosesNothing holds what the index finds to what all rules find, each asked of each event.
func TestTheIndexLosesNothing(t *testing.T) {
	w := workloadHere(t)
	model, err := schema.Load(w.model)
	require.NoError(t, err)
	folder, err := source.OpenFolder(w.rules)
	require.NoError(t, err)
	files, _, err := parse.RuleFiles(folder, ".")
	require.NoError(t, err)
	var rs []*ir.Rule
	for _, file := range files {
		parsed, _ := parse.RulesIn(folder, file)
		for _, r := range parsed {
			if lowered, found := ir.Lower(r); !found.HasErrors() {
				rs = append(rs, lowered)
			}
		}
	}
	read := 0
	collect := func(exhaustive bool) map[string]int {
		counts := map[string]int{}
		opt := engine.Exhaustively(exhaustive, engine.Options{Model: model, OnResult: func(r engine.Result) { counts[r.Rule.Source.ID]++ }})
		e, found := engine.New(rs, opt)
		require.False(t, found.HasErrors(), "%v", found)
		r, err := event.NewReader(w.file, bytes.NewReader(w.events), event.Options{})
		require.NoError(t, err)
		require.NoError(t, e.Run(r, "bench", 1, nil))
		_, _, err = e.Finish()
		require.NoError(t, err)
		read = r.Lines()
		return counts
	}
	want := collect(true)
	t.Logf("%d rules, %d events, %d rules find some", len(rs), read, len(want))
	require.NotZero(t, read)
	assert.Equal(t, want, collect(false))
}

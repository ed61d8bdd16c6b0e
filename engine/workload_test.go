package engine_test

import (
	"bytes"
	"os"
	"path/filepath"
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

// TestTheIndexLosesNothing holds what the index finds to what all rules find, each asked of each event. Rules, events
// and model are those that tests/bench/compare.py made. A Windows event log is read as a whole.
func TestTheIndexLosesNothing(t *testing.T) {
	path := os.Getenv("DECREE_BENCH_EVENTS")
	if path == "" {
		t.Skip("no workload: tests/bench/compare.py --exhaustive makes one")
	}
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	if filepath.Ext(path) != ".evtx" {
		lines, _ := fixture.BenchEvents(t, 20_000)
		data = bytes.Join(lines, []byte("\n"))
	}
	model, err := schema.Load(os.Getenv("DECREE_BENCH_MODEL"))
	require.NoError(t, err)
	folder, err := source.OpenFolder(os.Getenv("DECREE_BENCH_RULES"))
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
		r, err := event.NewReader(path, bytes.NewReader(data), event.Options{})
		require.NoError(t, err)
		require.NoError(t, e.Run(r, "bench", 1, nil))
		_, _, err = e.Finish()
		require.NoError(t, err)
		read = r.Lines()
		return counts
	}
	want := collect(true)
	t.Logf("%d rules, %d events, %d rules find some", len(rs), read, len(want))
	assert.Equal(t, want, collect(false))
}

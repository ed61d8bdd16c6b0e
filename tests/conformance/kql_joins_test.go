package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/engine"
	"decree/tests/fixture"
)

// TestKQLJoinsFindWhatTheEngineFinds runs queries of random joins over random events, many of them at one time: over
// all of them, and as runs of a schedule, which see what came until then.
func TestKQLJoinsFindWhatTheEngineFinds(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	m := kqlEvents()
	matched := 0
	for round := range fixture.Times[uint64](1, 2) {
		all := flatEvents(splRandomEvents(rand.New(rand.NewPCG(round, 21))))
		for _, run := range []float64{0, 8, 16} { // seconds after the first event; 0: no schedule
			events := slices.DeleteFunc(slices.Clone(all), func(e splRow) bool { return run > 0 && e["_time"].(float64) > 1700000000+run })
			opt, clock := engine.Options{}, now
			m.Ingested = ""
			if run == 16 { // what they join is chosen by its own time
				m.Ingested = "Timestamp"
			}
			if run > 0 {
				opt.Now = time.Unix(1700000000+int64(run), 0).UTC()
				clock = opt.Now.Format(time.RFC3339)
			}
			rec := eventsTable(t, m, events, "ReportId")
			var all []finding
			for seed := range uint64(6) {
				r := rand.New(rand.NewPCG(round, 500+seed+uint64(run)*100))
				text := randomJoins(r, "{product: windows}")
				if run > 0 {
					text = strings.Replace(text, "title: T\n", fmt.Sprintf("title: T\nschedule: {every: 5s, lookback: %ds}\n", 2+r.IntN(8)), 1)
				}
				rule := joinedRule(t, engineInputs, text)
				want := joinsFound(t, rule, asLines(t, events), opt)
				q, found := kql.New().Compile(rule, compilers.Options{Model: m})
				require.Empty(t, found, text)
				matched += len(want)
				all = append(all, finding{text, q.Text, want})
			}
			queriesFind(t, rec, clock, all, "round ", round, "\n", splShow(events), ", ", run)
		}
	}
	assert.Greater(t, matched, 20)
}

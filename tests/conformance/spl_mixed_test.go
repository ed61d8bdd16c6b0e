package conformance

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/engine"
	"decree/tests/fixture"
)

// TestSPLAgreesWhereSectionsMeet runs searches of rules in which the sections of the language meet, over random events.
func TestSPLAgreesWhereSectionsMeet(t *testing.T) {
	t.Parallel()
	m := openModel(t, "splunk-windows")
	m.ID = []string{"id"}
	for i := range m.Sources {
		m.Sources[i].Entities = rarityEntities
	}
	now := time.Unix(1700000013, 0).UTC()
	matched, refused, compiled := 0, map[string]int{}, 0
	for seed := range uint64(fromEnv(t, "DECREE_RANDOM_MEETINGS", fixture.Times(150, 1500))) {
		a := mixedAuthor{Rand: rand.New(rand.NewPCG(seed, 111)), sources: mixedSources, apart: true}
		written := a.write(t)
		if written == nil {
			refused["by the reader"]++
			continue
		}
		q, problems := spl.New().Compile(written.rule, compilers.Options{Model: m})
		if q == nil {
			refused[problems[0].Code]++
			continue
		}
		_, err := checkSPL(q.Text)
		require.NoError(t, err, q.Text)
		events := splRandomEvents(a.Rand)
		if strings.Contains(written.text, "fieldref") || strings.Contains(written.text, "at: any") { // Windows' events have fields of one value
			events = flatEvents(events)
		}
		events = slices.DeleteFunc(events, func(e splRow) bool { return e["_time"].(float64) > 1700000013 })
		want := joinsFound(t, written.rule, splunkLines(t, events), engine.Options{Model: m, Now: now})
		got := splFound(q.Text, events, &splWorld{now: 1700000013}, "id")
		require.ElementsMatch(t, want, got, "seed %d\n%s\n%s\n%s", seed, written.text, q.Text, splShow(events))
		matched += len(want)
		compiled++
	}
	t.Logf("%d searches, %d matches; refused: %v", compiled, matched, refused)
	assert.Greater(t, matched, compiled/2)
}

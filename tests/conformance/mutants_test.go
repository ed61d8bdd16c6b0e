package conformance

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/engine/regression/mutation"
	"decree/rules/ir"
	"decree/tests/fixture"
)

// TestEquivalentMutantsFindTheSame: a change of a rule that is called equivalent changes nothing on random events, and
// all others can be run.
func TestEquivalentMutantsFindTheSame(t *testing.T) {
	t.Parallel()
	m := openModel(t, "splunk-windows")
	m.ID = []string{"id"}
	for i := range m.Sources {
		m.Sources[i].Entities = rarityEntities
	}
	opt := engine.Options{Model: m}
	equivalent, others, noticed := 0, 0, 0
	for seed := range uint64(fromEnv(t, "DECREE_RANDOM_MEETINGS", fixture.Times(15, 120))) {
		a := mixedAuthor{Rand: rand.New(rand.NewPCG(seed, 131)), sources: mixedSources, suppress: true}
		written := a.write(t)
		if written == nil || strings.Contains(written.text, "EventID") { // another id is one of another log
			continue
		}
		rs := []*ir.Rule{written.rule}
		mutants := mutation.Mutants(written.rule)
		for _, mutant := range mutants {
			rs = append(rs, mutant.Rule)
		}
		found := make([][]string, len(rs))
		for range 3 {
			lines := splunkLines(t, splRandomEvents(a.Rand))
			e, problems := engine.New(rs, opt)
			require.Empty(t, problems)
			in, err := event.NewReader("x.ndjson", strings.NewReader(lines), event.Options{})
			require.NoError(t, err)
			require.NoError(t, e.Run(in, "x", 1, nil))
			results, _, err := e.Finish()
			require.NoError(t, err)
			for _, one := range results {
				at := slices.Index(rs, one.Rule)
				found[at] = append(found[at], one.EventID)
			}
			for i := range found {
				slices.Sort(found[i])
				found[i] = append(found[i], "|")
			}
		}
		for i, mutant := range mutants {
			same := slices.Equal(found[0], found[i+1])
			switch {
			case mutation.Equivalent(written.rule, mutant.Rule):
				equivalent++
				require.True(t, same, "seed %d, %s\n%s\n%v\n%v", seed, mutant, written.text, found[0], found[i+1])
			case same:
				others++
			default:
				noticed++
			}
		}
	}
	t.Log(equivalent, "equivalent,", noticed, "noticed,", others, "not")
	assert.Positive(t, equivalent)
}

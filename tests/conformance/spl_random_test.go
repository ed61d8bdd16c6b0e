package conformance

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/schema"
)

// TestSPLAgreesOnRandomRules runs rules and events that nobody would write, by the engine and by the search.
func TestSPLAgreesOnRandomRules(t *testing.T) {
	t.Parallel()
	a := author{rand.New(rand.NewPCG(3, seedOf(t))), append([]string{"", "D:/"}, windowsFolders...)}
	m, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	var events []doc
	for i := range 150 {
		r := a.record(i)
		e := r.splunk(t)
		if others := r.otherForms(t); i%4 < len(others) {
			e["_raw"] = others[i%4]
		}
		events = append(events, e)
	}
	rows, world := splRows(t, events), &splWorld{}
	all := a.rules(t, randomRules(t))
	wanted := found(t, m, all, writeEvents(t, events))
	matches := 0
	for i, r := range all {
		q, problems := spl.New().Compile(r, compilers.Options{Model: m, Approximate: []string{"all"}, NoIndexTerms: i%4 == 3})
		if q == nil {
			require.Equal(t, "never-matches", problems[0].Code, "%v", problems)
			assert.Empty(t, wanted[r], "%s\n%v", r.Source.Description, problems)
			continue
		}
		_, err := checkSPL(q.Text)
		require.NoError(t, err, q.Text)
		assert.ElementsMatch(t, wanted[r], splFound(q.Text, rows, world, "RecordID"), "%s\n%s", r.Source.Description, q.Text)
		matches += len(wanted[r])
	}
	t.Logf("%d rules on %d events, %d matches", len(all), len(events), matches)
	assert.Greater(t, matches, 10*len(all))
}

package conformance

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/schema"
)

// TestSPLAgreesOnArrays runs random tests of elements on random arrays, by the engine and by the search.
func TestSPLAgreesOnArrays(t *testing.T) {
	t.Parallel()
	a := author{rand.New(rand.NewPCG(6, seedOf(t))), windowsFolders}
	m, err := schema.Load("splunk-cloud")
	require.NoError(t, err)
	m.ID = []string{"correlationId"}
	var events []doc
	for i := range 120 {
		properties := doc{"message": "x"}
		if a.IntN(10) > 0 {
			properties["targetResources"] = a.array(1)
		}
		e := splJSONEvent(doc{"correlationId": fmt.Sprintf("e%d", i), "category": "AuditLogs", "properties": properties})
		e["sourcetype"] = "azure:monitor:aad"
		events = append(events, e)
	}
	file, rows, world, matches := writeEvents(t, events), splRows(t, events), &splWorld{}, 0
	rules := randomRules(t) / 2
	for made, tries := 0, 0; made < rules; tries++ {
		require.Less(t, tries, 20*rules, "the parser refuses most rules")
		r := a.arrayRule(t)
		if r == nil {
			continue
		}
		made++
		q, problems := spl.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%s\n%v", r.Source.Description, problems)
		_, err := checkSPL(q.Text)
		require.NoError(t, err, q.Text)
		want := RunEngine(t, r, m, file, splVerdicts())
		assert.ElementsMatch(t, want, splFound(q.Text, rows, world, "correlationId"), "%s\n%s", r.Source.Description, q.Text)
		matches += len(want)
	}
	t.Logf("%d rules on %d events, %d matches", rules, len(events), matches)
	assert.Greater(t, matches, 10*rules)
}

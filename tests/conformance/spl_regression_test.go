package conformance

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/ir"
	"decree/rules/schema"
)

// TestSPLAgreesOnRegressionData runs every public rule that has a search on the events that Splunk would hold of those recorded, by the
// engine and by the search. They find the same, rule by rule. The engine knows no sources: it is asked of those that the
// rule's table names.
func TestSPLAgreesOnRegressionData(t *testing.T) {
	m, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	var events []doc
	sources := map[string]string{}
	for _, r := range recordings(t, 50) {
		e := r.splunk(t)
		events = append(events, e)
		sources[r.id] = strings.ToLower(e["source"].(string))
	}
	rows := splRows(t, events)
	var compiled []*ir.Rule
	var queries []*compilers.Query
	for _, r := range corpusRules(t) {
		if q, _ := spl.New().Compile(r, compilers.Options{Model: m}); q != nil {
			compiled, queries = append(compiled, r), append(queries, q)
		}
	}
	wanted := found(t, m, compiled, writeEvents(t, events))
	matched, matches := 0, 0
	for i, r := range compiled {
		ls := r.Source.LogSource
		table := strings.ToLower(m.Find(ls.Category, ls.Product, ls.Service)[0].Table)
		want := slices.DeleteFunc(wanted[r], func(id string) bool { return !strings.Contains(table, `"`+sources[id]+`"`) })
		got := splFound(queries[i].Text, rows, &splWorld{})
		assert.ElementsMatch(t, want, got, "%s\n%s", r.Source.Title, queries[i].Text)
		matches += len(want)
		if len(want) > 0 {
			matched++
		}
	}
	t.Logf("%d rules on %d events: %d rules match, %d matches", len(compiled), len(events), matched, matches)
	assert.GreaterOrEqual(t, matched, 100)
}

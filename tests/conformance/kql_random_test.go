package conformance

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/rules/ir"
	"decree/rules/schema"
)

// TestKQLAgreesOnRandomRules runs rules and rows that nobody would write, by the engine and by the query.
func TestKQLAgreesOnRandomRules(t *testing.T) {
	a := author{rand.New(rand.NewPCG(1, seedOf(t))), windowsFolders}
	m, err := schema.Load("mde")
	require.NoError(t, err)
	var rows []doc
	for i := range 150 {
		r := a.record(i)
		_, row := r.defender()
		row["ProcessId"], _ = strconv.Atoi(r.data["ProcessId"])
		rows = append(rows, row)
	}
	file := writeEvents(t, rows)
	var compiled []*ir.Rule
	var queries []string
	refused := map[string]int{}
	for _, r := range a.rules(t, randomRules(t)) {
		q, problems := kql.New().Compile(r, compilers.Options{Model: m})
		if q == nil {
			refused[problems[0].Code]++
			continue
		}
		if !strings.Contains(q.Text, `"\u`) { // which duckdb-kql does not know
			compiled, queries = append(compiled, r), append(queries, q.Text)
		}
	}
	tables := tablesOf(t, m)
	var runnable []string
	for i, c := range CheckKQL(t, queries, tables, now, "Timestamp") {
		require.Empty(t, c.Errors, queries[i])
		runnable = append(runnable, c.Text)
	}
	wanted := found(t, m, compiled, file)
	matches := 0
	for i, got := range RunKQL(t, runnable, Recording{Tables: tables, Events: map[string]string{"DeviceProcessEvents": file}, ID: "ReportId"}) {
		want := wanted[compiled[i]]
		assert.ElementsMatch(t, want, got, "%s\n%s", compiled[i].Source.Description, queries[i])
		matches += len(want)
	}
	t.Logf("%d rules on %d rows, %d matches; refused: %v", len(compiled), len(rows), matches, refused)
	assert.Greater(t, matches, 10*len(compiled))
}

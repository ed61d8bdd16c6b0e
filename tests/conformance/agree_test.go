package conformance

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/schema"
)

// kqlAgrees holds that queries find the events that the engine finds, in a file of rows of one table, and counts these.
func kqlAgrees(t *testing.T, m *schema.Model, compiled []*ir.Rule, queries []string, table, file, id string) (matches int) {
	t.Helper()
	tables := tablesOf(t, m)
	var runnable []string
	for i, checked := range CheckKQL(t, queries, tables, now, m.Time[0]) {
		require.Empty(t, checked.Errors, queries[i])
		runnable = append(runnable, checked.Text)
	}
	wanted := found(t, m, compiled, file)
	for i, got := range RunKQL(t, runnable, Recording{Tables: tables, Events: map[string]string{table: file}, ID: id}) {
		want := wanted[compiled[i]]
		assert.ElementsMatch(t, want, got, "%s\n%s", compiled[i].Source.Description, queries[i])
		matches += len(want)
	}
	return matches
}

// eqlAgrees does the same with queries of EQL on a file of documents.
func eqlAgrees(t *testing.T, m *schema.Model, compiled []*ir.Rule, queries []string, file string) (matches int) {
	t.Helper()
	wanted := found(t, m, compiled, file)
	for i, got := range CheckEQL(t, queries, mappedFor(t, queries, nil), file) {
		require.Nil(t, got.Error, "%s\n%s", compiled[i].Source.Description, queries[i])
		want := wanted[compiled[i]]
		assert.ElementsMatch(t, want, got.IDs, "%s\n%s", compiled[i].Source.Description, queries[i])
		matches += len(want)
	}
	return matches
}

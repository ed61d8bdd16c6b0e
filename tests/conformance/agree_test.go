package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

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

// finding is a query of a random rule, and the ids of the events that it must find.
type finding struct {
	rule, query string
	want        []string
}

// eventsTable is a recording of random events as the table of kqlEvents.
func eventsTable(t *testing.T, m *schema.Model, events []splRow, id string) Recording {
	t.Helper()
	file := filepath.Join(t.TempDir(), "events.ndjson")
	require.NoError(t, os.WriteFile(file, []byte(kqlRows(t, events)), 0o600))
	return Recording{Tables: Tables{"Events": m.Sources[0].Columns}, Events: map[string]string{"Events": file}, ID: id}
}

// queriesFind holds that each query finds its events in a recording, at a time. about tells which events they are.
func queriesFind(t *testing.T, rec Recording, clock string, all []finding, about ...any) {
	t.Helper()
	for i, got := range RunKQL(t, checkedAt(t, rec.Tables, clock, "Timestamp", all), rec) {
		slices.Sort(got)
		require.Equal(t, all[i].want, got, "%s\n%s\n%s", all[i].rule, all[i].query, fmt.Sprint(about...))
	}
}

// checkedAt has Microsoft's parser check queries, and gives them as they run at a time. arrival is the column with the
// time at which an event arrives.
func checkedAt(t *testing.T, tables Tables, clock, arrival string, all []finding) (runnable []string) {
	t.Helper()
	queries := make([]string, len(all))
	for i, a := range all {
		queries[i] = a.query
	}
	for i, c := range CheckKQL(t, queries, tables, clock, arrival) {
		require.Empty(t, c.Errors, "%s\n%s", all[i].rule, all[i].query)
		runnable = append(runnable, c.Text)
	}
	return runnable
}

// clockAt writes a time of an event or a run, in seconds, as a query's now().
func clockAt(seconds int64) string { return time.Unix(seconds, 0).UTC().Format(time.RFC3339) }

package conformance

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/deployed"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/packages/formats"
	"decree/rules"
	"decree/rules/parse"
	"decree/rules/schema"
)

// handWritten are the queries in a dialect that rules and exports of this repository have, and no compiler wrote.
func handWritten(t *testing.T, dialect string, answers ...string) []string {
	t.Helper()
	var queries []string
	files, err := filepath.Glob(filepath.Join(root(), "tests", "examples", "queries", "*.yml"))
	require.NoError(t, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		read, found := parse.Documents(file, data, nil)
		require.False(t, found.HasErrors())
		for _, r := range append(read.Rules, read.Written...) {
			if q := r.QueryFor(answers...); q != nil {
				queries = append(queries, q.Text)
			}
		}
	}
	for _, export := range []string{"tests/examples/deployed/kibana.ndjson", "compilers/deployed/testdata/sentinel_rest.json", "compilers/deployed/testdata/defender.json"} {
		files, err := deployed.Open(filepath.Join(root(), filepath.FromSlash(export)))
		require.NoError(t, err)
		x, err := deployed.Read(files)
		require.NoError(t, err)
		for _, r := range x.Rules {
			if formats.Named(string(x.Product)).Dialect() == dialect && (x.Product != deployed.Kibana || r.Kind == "eql") {
				queries = append(queries, r.Query)
			}
		}
	}
	return queries
}

// wrongQueries are such that the parser and decree's own check both see that something does not end.
var wrongQueries = map[string][]string{
	"kql": {"SecurityEvent | where (EventID == 1102", `SecurityEvent | where Account == "x`, "SecurityEvent | where EventID in (1, 2]"},
	"eql": {`process where (process.name : "x"`, `process where process.name : "x`, `process where process.name : ("x"]`},
}

// checkedHere tells whether decree's own check finds a fault in a query.
func checkedHere(query string, d compilers.Dialect) bool {
	r := &rules.Rule{Queries: []rules.Query{{Text: query}}}
	return len(compilers.CheckWritten(r, nil, func(string) compilers.Dialect { return d })) > 0
}

// TestHandWrittenKQL reads queries that are written by hand by Microsoft's parser and binder. What decree's own check
// says of them, it says too.
func TestHandWrittenKQL(t *testing.T) {
	t.Parallel()
	needKusto(t)
	tables := Tables{}
	for _, name := range []string{"sentinel", "mde"} {
		m, err := schema.Load(name)
		require.NoError(t, err)
		for table, columns := range tablesOf(t, m) {
			tables[table] = columns
		}
	}
	queries := handWritten(t, "kql", "kql")
	require.Greater(t, len(queries), 3)
	for i, r := range CheckKQL(t, append(queries, wrongQueries["kql"]...), tables, "", "") {
		wrong := i >= len(queries)
		query := append(queries, wrongQueries["kql"]...)[i]
		assert.Equal(t, wrong, len(r.Errors) > 0, "%s: %v", query, r.Errors)
		assert.Equal(t, wrong, checkedHere(query, kql.New()), query)
	}
}

// TestHandWrittenEQL does the same with the parser of EQL.
func TestHandWrittenEQL(t *testing.T) {
	t.Parallel()
	needEQL(t)
	queries := handWritten(t, "eql", "kibana", "eql")
	require.Greater(t, len(queries), 10)
	for i, r := range CheckEQL(t, append(queries, wrongQueries["eql"]...), nil, "") {
		wrong := i >= len(queries)
		query := append(queries, wrongQueries["eql"]...)[i]
		assert.Equal(t, wrong, r.Error != nil, "%s: %v", query, r.Error)
		assert.Equal(t, wrong, checkedHere(query, eql.New()), query)
	}
}

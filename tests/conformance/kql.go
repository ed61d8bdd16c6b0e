package conformance

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// Tables is what Microsoft's binder knows of a database: table -> column -> Kusto type.
type Tables map[string]map[string]string

// KQLResult is what Microsoft's language service makes of a query.
type KQLResult struct {
	Errors  []string `json:"errors"`  // of syntax, names and types
	Strings []string `json:"strings"` // every string literal, decoded
	Text    string   `json:"text"`    // the query as it can be run on a recording
}

// kusto is Microsoft's language service. It takes seconds to start.
var kusto = &kept{command: func() (*exec.Cmd, error) {
	return exec.Command("node", filepath.Join(root(), "tests", "conformance", "kql", "check.js")), nil
}}

// duckDB runs queries. It takes a second to start, and is slow until it knows the grammar of KQL.
var duckDB = &kept{command: func() (*exec.Cmd, error) {
	python, err := interpreter(importsDuckDB)
	return exec.Command(python, filepath.Join(root(), "tests", "conformance", "kql", "run.py")), err
}}

// CheckKQL parses and binds queries. With now (an ISO time) their Text counts from it, and
// reads the time of arrival from a column.
func CheckKQL(t testing.TB, queries []string, tables Tables, now, arrival string) []KQLResult {
	t.Helper()
	needKusto(t)
	return askInParts[KQLResult](t, kusto, queries, func(some []string) any {
		return map[string]any{"queries": some, "tables": tables, "now": now, "arrival": arrival}
	})
}

// Recording is a database's rows to run queries on.
type Recording struct {
	Tables   Tables
	Events   map[string]string // table -> NDJSON file
	Profiles string            // CSV of what FileProfile knows, or ""
	ID       string            // the column that identifies an event
}

// RunKQL runs queries, rewritten by CheckKQL, and gives the ids each finds, in order.
func RunKQL(t testing.TB, queries []string, r Recording) [][]string {
	t.Helper()
	var profiles any
	if r.Profiles != "" {
		profiles = r.Profiles
	}
	needDuckDB(t)
	return askInParts[[]string](t, duckDB, queries, func(some []string) any {
		return map[string]any{"queries": some, "tables": r.Tables, "events": r.Events, "profiles": profiles, "id": r.ID}
	})
}

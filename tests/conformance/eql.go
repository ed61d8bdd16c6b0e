// Package conformance runs compiled queries through parsers and engines that are not ours.
// In: a query, and events as NDJSON. Out: what that tool makes of them. A tool that is not
// installed skips its test, unless DECREE_REQUIRE_CONFORMANCE=1 makes that a failure.
package conformance

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// EQLResult is what the public EQL parser, with Elastic's matching rules, makes of a query.
type EQLResult struct {
	Error   *string  `json:"error"`
	IDs     []string `json:"ids"`     // event.id of each match; the last event of a sequence
	Strings []string `json:"strings"` // every string literal, decoded
}

// root is the repository's folder.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// CheckEQL parses queries, with types if schema is not nil (category -> field -> type), and
// runs them on the events of an NDJSON file if one is named.
func CheckEQL(t testing.TB, queries []string, schema map[string]any, eventsPath string) []EQLResult {
	t.Helper()
	var results []EQLResult
	cmd := exec.Command(pythonWith(t, "from eql import parse_query", "eql"), filepath.Join(root(), "tests", "conformance", "eql", "check.py"))
	ask(t, cmd, map[string]any{"queries": queries, "schema": schema, "events": eventsPath}, &results)
	return results
}

// RunEQL runs one query over a file of events and gives the ids of those it finds.
func RunEQL(t testing.TB, query, eventsPath string) []string {
	t.Helper()
	r := CheckEQL(t, []string{query}, nil, eventsPath)[0]
	if r.Error != nil {
		t.Fatalf("the query does not parse: %s\n%s", *r.Error, query)
	}
	return r.IDs
}

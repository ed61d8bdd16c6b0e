// Package conformance runs compiled queries through parsers and engines that are not ours.
// In: a query, and events as NDJSON. Out: what that tool makes of them. A tool that is not
// installed skips its test, unless DECREE_REQUIRE_CONFORMANCE=1 makes that a failure.
package conformance

import (
	"bytes"
	"encoding/json"
	"os"
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

// python is an interpreter that has the eql library: the one in the repository's .cache/venv,
// or the system's. Without one the test is skipped.
func python(t testing.TB) string {
	t.Helper()
	for _, p := range []string{filepath.Join(root(), ".cache", "venv", "bin", "python"), "python3"} {
		// from eql import, since the folder eql beside this file passes as an empty package of that name
		if exec.Command(p, "-c", "from eql import parse_query").Run() == nil {
			return p
		}
	}
	const reason = "python has no eql library: python3 -m venv .cache/venv && .cache/venv/bin/pip install -r tests/conformance/eql/requirements.txt"
	if os.Getenv("DECREE_REQUIRE_CONFORMANCE") == "1" {
		t.Fatal(reason)
	}
	t.Skip(reason)
	return ""
}

// CheckEQL parses queries, with types if schema is not nil (category -> field -> type), and
// runs them on the events of an NDJSON file if one is named.
func CheckEQL(t testing.TB, queries []string, schema map[string]any, eventsPath string) []EQLResult {
	t.Helper()
	ask, err := json.Marshal(map[string]any{"queries": queries, "schema": schema, "events": eventsPath})
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd := exec.Command(python(t), filepath.Join(root(), "tests", "conformance", "eql", "check.py"))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(ask), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("check.py: %v\n%s", err, stderr.String())
	}
	var results []EQLResult
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatal(err)
	}
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

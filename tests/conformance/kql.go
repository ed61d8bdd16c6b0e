package conformance

import (
	"bytes"
	"encoding/json"
	"os"
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

// CheckKQL parses and binds queries. With now (an ISO time) their Text counts from it, and
// reads the time of arrival from a column.
func CheckKQL(t testing.TB, queries []string, tables Tables, now, arrival string) []KQLResult {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		missing(t, "node is not installed")
	}
	if _, err := os.Stat(filepath.Join(root(), "tests", "conformance", "kql", "node_modules")); err != nil {
		missing(t, "Microsoft's parser is not installed: npm ci --prefix tests/conformance/kql")
	}
	var results []KQLResult
	ask(t, exec.Command("node", filepath.Join(root(), "tests", "conformance", "kql", "check.js")),
		map[string]any{"queries": queries, "tables": tables, "now": now, "arrival": arrival}, &results)
	return results
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
	var ids [][]string
	ask(t, exec.Command(pythonWith(t, "import duckdb_kql, duckdb, pytz", "kql"), filepath.Join(root(), "tests", "conformance", "kql", "run.py")),
		map[string]any{"queries": queries, "tables": r.Tables, "events": r.Events, "profiles": profiles, "id": r.ID}, &ids)
	return ids
}

// ask gives a tool its question as JSON and reads its answer.
func ask(t testing.TB, cmd *exec.Cmd, question, answer any) {
	t.Helper()
	in, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(cmd.Args[1]), err, stderr.String())
	}
	if err := json.Unmarshal(out, answer); err != nil {
		t.Fatal(err)
	}
}

// pythonWith is an interpreter that can run a statement: the one in the repository's .cache/venv,
// or the system's.
func pythonWith(t testing.TB, probe, dialect string) string {
	t.Helper()
	for _, p := range []string{filepath.Join(root(), ".cache", "venv", "bin", "python"), "python3"} {
		cmd := exec.Command(p, "-c", probe)
		cmd.Dir = t.TempDir() // beside nothing that could pass for a library
		if cmd.Run() == nil {
			return p
		}
	}
	missing(t, "python lacks what this needs: python3 -m venv .cache/venv && .cache/venv/bin/pip install -r tests/conformance/"+dialect+"/requirements.txt")
	return ""
}

// missing skips a test that lacks its tool, unless every tool is required.
func missing(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("DECREE_REQUIRE_CONFORMANCE") == "1" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

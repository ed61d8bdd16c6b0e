// Package conformance runs compiled queries through parsers and engines that are not ours.
// In: a query, and events as NDJSON. Out: what that tool makes of them. A tool that is not
// installed skips its test, unless DECREE_REQUIRE_CONFORMANCE=1 makes that a failure.
package conformance

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
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

// doc is a document as Elasticsearch keeps it.
type doc = map[string]any

// put writes a dotted name.
func put(d doc, name string, v any) {
	head, rest, more := strings.Cut(name, ".")
	if !more {
		d[head] = v
		return
	}
	below, ok := d[head].(doc)
	if !ok {
		below = doc{}
		d[head] = below
	}
	put(below, rest, v)
}

// Mapping is what Elasticsearch knows of fields: its type of each.
type Mapping map[string]string

// eqlLibrary reads and runs queries. It takes a second to start.
var eqlLibrary = &kept{command: func() (*exec.Cmd, error) {
	python, err := interpreter(importsEQL)
	return exec.Command(python, filepath.Join(root(), "tests", "conformance", "eql", "check.py")), err
}}

// CheckEQL parses queries, with types and Elasticsearch's own restrictions if mapping is not nil,
// and runs them on the events of an NDJSON file if one is named.
func CheckEQL(t testing.TB, queries []string, mapping Mapping, eventsPath string) []EQLResult {
	t.Helper()
	var schema any
	if mapping != nil {
		schema = mapping.schema()
	}
	needEQL(t)
	return askInParts[EQLResult](t, eqlLibrary, queries, func(some []string) any {
		return map[string]any{"queries": some, "schema": schema, "mapping": mapping, "events": eventsPath}
	})
}

// categories are those of ECS that queries name; `any` is all of them.
var categories = []string{"driver", "file", "library", "network", "process", "registry", "web"}

// schema is the mapping as the eql library takes it: category -> fields -> its type.
func (m Mapping) schema() map[string]any {
	kinds := map[string]string{"long": "number", "integer": "number", "float": "number", "boolean": "boolean"}
	fields := doc{}
	for path, kind := range m {
		own, known := kinds[kind]
		if !known {
			own = "string"
		}
		put(fields, path, own)
	}
	byCategory := map[string]any{}
	for _, c := range categories {
		byCategory[c] = fields
	}
	return byCategory
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

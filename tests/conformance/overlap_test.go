package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/spl"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// overlapping is a model of two sources of one table. The first has all events, the second some of them, and each has
// the user in a column of its own.
const overlapping = `name: overlapping
dialect: DIALECT
title: Overlapping
time: ["@timestamp"]
id: [id]
sources:
  - {name: whole, product: windows, service: whole, table: TABLE, fields: {Image: {column: image}, User: {column: sender}}}
  - {name: part, product: windows, category: process_creation, table: TABLE, scope: [{column: kind, values: [start]}], fields: {Image: {column: image}, User: {column: owner}}}
`

// TestFiltersOfOverlappingSources: an event that one source finds must pass that source's filter, whatever the other's
// is.
func TestFiltersOfOverlappingSources(t *testing.T) {
	r := lowered.Rule(t, "logsource: [{product: windows, service: whole}, {product: windows, category: process_creation}]\ndetection: {s: {Image: a, User|contains: x}, condition: s}\n")
	filtered := func(logsource string) *ir.Rule {
		return lowered.Filtered(t, r, "logsource: "+logsource+"\nfilter: {rules: any, f: {User|contains: y}, condition: not f}\n")
	}
	rs := []*ir.Rule{r, filtered("{product: windows}"), filtered("{product: windows, service: whole}"), filtered("{product: windows, category: process_creation}")}
	docs := []doc{
		{"id": "1", "kind": "start", "image": "a", "owner": "x"},
		{"id": "2", "kind": "start", "image": "a", "sender": "xy"},
		{"id": "3", "kind": "start", "image": "a", "sender": "xy", "owner": "xy"},
		{"id": "4", "kind": "stop", "image": "a", "sender": "xy", "owner": "x"},
		{"id": "5", "kind": "start", "image": "a", "sender": "x", "owner": "xy"},
		{"id": "6", "kind": "start", "image": "b", "sender": "x", "owner": "x"},
		{"id": "7", "kind": "start", "image": "a", "sender": "xy", "owner": "z"},
		{"id": "8", "kind": "start", "image": "a", "owner": "xy"},
	}
	want := [][]string{{"1", "2", "3", "4", "5", "7", "8"}, {"1", "5"}, {"1", "3", "5", "8"}, {"1", "2", "3", "4", "5", "7"}}
	model := func(dialect, table string) *schema.Model {
		file := filepath.Join(t.TempDir(), "model.yml")
		require.NoError(t, os.WriteFile(file, []byte(strings.NewReplacer("DIALECT", dialect, "TABLE", table).Replace(overlapping)), 0o600))
		m, err := schema.LoadFile(file)
		require.NoError(t, err)
		return m
	}
	for _, d := range docs {
		d["@timestamp"], d["event.category"] = "2026-01-01T10:00:00Z", "process"
	}
	file := writeEvents(t, docs)

	m := model("spl", "source=log")
	wanted := found(t, m, rs, file)
	for i, r := range rs {
		assert.ElementsMatch(t, want[i], wanted[r])
		q, problems := spl.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%v", problems)
		var rows []doc
		for _, d := range docs {
			row := doc{"source": "log"}
			for name, v := range d {
				row[name] = v
			}
			rows = append(rows, row)
		}
		assert.ElementsMatch(t, want[i], splFound(q.Text, splRows(t, rows), &splWorld{}, "id"), q.Text)
	}

	needEQL(t)
	m = model("eql", "any")
	for i, r := range rs {
		q, problems := eql.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%v", problems)
		assert.ElementsMatch(t, want[i], RunEQL(t, q.Text, file), q.Text)
	}
}

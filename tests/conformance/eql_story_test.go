package conformance

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/library"
	"decree/rules/schema"
	"decree/tests/stories"
)

// ecsSchema is what Elasticsearch would know of the fields of the model, and of those that the
// rule's own assets add.
func ecsSchema(m *schema.Model, added map[string]string) map[string]any {
	fields := map[string]any{}
	put := func(path, kind string) {
		at := fields
		parts := strings.Split(path, ".")
		for _, p := range parts[:len(parts)-1] {
			if _, ok := at[p].(map[string]any); !ok {
				at[p] = map[string]any{}
			}
			at = at[p].(map[string]any)
		}
		at[parts[len(parts)-1]] = kind
	}
	kinds := map[schema.Type]string{"": "string", schema.String: "string", schema.Int: "number", schema.Bool: "boolean", schema.IP: "ip", schema.Datetime: "date"}
	s := m.Sources[0]
	columns := []schema.Column{}
	for _, c := range s.Fields {
		columns = append(columns, c)
	}
	for _, level := range s.Ancestors {
		for _, c := range level {
			columns = append(columns, c)
		}
	}
	for _, c := range s.Entities {
		columns = append(columns, c)
	}
	for _, c := range columns {
		put(c.Name, kinds[c.Type])
		if c.Filename != "" {
			put(c.Filename, "string")
		}
	}
	for _, t := range s.Scope {
		put(t.Column, "string")
	}
	for path, kind := range added {
		put(path, kind)
	}
	return map[string]any{s.Table: fields}
}

func ecs(t testing.TB) *schema.Model {
	t.Helper()
	m, err := schema.Load("ecs")
	require.NoError(t, err)
	return m
}

// TestEQLFindsTheStory runs the reference rule's own query on the recorded intrusion. It finds
// what the engine finds but for what its deep-ancestor note says: a sequence reports the
// first matching command of each shell.
func TestEQLFindsTheStory(t *testing.T) {
	rs, found := rules.NewFolder("library", library.FS()).Parse("windows/process_creation/sql_server_suspicious_grandchild.yml")
	require.Empty(t, found)
	r, found := ir.Lower(rs[0])
	require.Empty(t, found)
	m := ecs(t)
	q, found := eql.New().Compile(r, compilers.Options{Model: m})
	require.Empty(t, found)
	local := "decree.local.sql_server_suspicious_grandchild_rare_unsigned."
	types := ecsSchema(m, map[string]string{"decree.ProfileAvailability": "string", "decree.GlobalPrevalence": "number", "decree.SignatureState": "string",
		local + "count.hosts": "number", local + "rank.rank": "number"})
	events := filepath.Join(root(), "tests", "stories", "testdata", "ecs.ndjson.gz")
	result := CheckEQL(t, []string{q.Text}, types, events)[0]
	require.Nil(t, result.Error, q.Text)

	story := stories.Tell()
	shells, outside := map[*stories.Process]bool{}, []string{}
	byID := map[string]*stories.Process{}
	for _, p := range story.Processes {
		byID[fmt.Sprint(p.ID)] = p
	}
	var want []string
	for _, id := range story.Wanted() {
		shell := byID[id].Parent
		if shells[shell] {
			outside = append(outside, byID[id].Why)
			continue
		}
		shells[shell] = true
		want = append(want, id)
	}
	assert.Equal(t, []string{"second command of the same shell"}, outside, "the events that the note speaks of")
	var inTime []string
	for _, id := range result.IDs {
		if !byID[id].At.Before(stories.Now.Add(-r.Source.Schedule.Lookback)) {
			inTime = append(inTime, id)
		}
	}
	slices.Sort(inTime)
	assert.Equal(t, want, inTime)
	assert.Contains(t, q.Text, "reports only\n// the first matching child of each parent")
}

// TestEQLTypesAreChecked makes sure that a test of the wrong type would be noticed.
func TestEQLTypesAreChecked(t *testing.T) {
	types := ecsSchema(ecs(t), nil)
	results := CheckEQL(t, []string{`process where ?process.pid == 5`, `process where ?process.pid : "5"`, `process where process.nothing : "5"`}, types, "")
	assert.Nil(t, results[0].Error)
	assert.NotNil(t, results[1].Error)
	assert.NotNil(t, results[2].Error)
}

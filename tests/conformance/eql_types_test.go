package conformance

import (
	"encoding/csv"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/schema"
)

// mapped reads the types that Elasticsearch's index templates give the fields: a table of what ECS and
// the integrations publish, which knows nothing of our models.
func mapped(t testing.TB) Mapping {
	t.Helper()
	f, err := os.Open(filepath.Join(root(), "tests", "conformance", "eql", "fields.csv"))
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	m := Mapping{}
	for _, row := range rows[1:] {
		m[row[0]] = row[1]
	}
	return m
}

// winlogField is a field of an event's own data, of which the templates map any as a keyword.
var winlogField = regexp.MustCompile(`\?(winlog\.(?:event|user)_data\.\w+)`)

// mappedFor adds to the table the fields of queries that templates map by a pattern.
func mappedFor(t testing.TB, queries []string, added map[string]string) Mapping {
	m := mapped(t)
	for _, q := range queries {
		for _, found := range winlogField.FindAllStringSubmatch(q, -1) {
			m[found[1]] = "keyword"
		}
	}
	maps.Copy(m, added)
	return m
}

// TestModelsHaveElasticsTypes holds each column of the models to the type of its index template.
func TestModelsHaveElasticsTypes(t *testing.T) {
	t.Parallel()
	types := mapped(t)
	fits := map[schema.Type][]string{"": {"keyword", "wildcard", "constant_keyword"}, schema.String: {"keyword", "wildcard"},
		schema.Int: {"long", "integer"}, schema.Bool: {"boolean"}, schema.IP: {"ip"}, schema.Datetime: {"date"}}
	for _, name := range []string{"ecs", "winlogbeat"} {
		m, err := schema.Load(name)
		require.NoError(t, err)
		check := func(source string, c schema.Column) {
			kind := types[c.Name]
			if winlogField.MatchString("?" + c.Name) {
				kind = "keyword"
			}
			assert.Contains(t, fits[c.Type], kind, "model %s, source %s: column %s", name, source, c.Name)
			if c.Filename != "" {
				assert.Contains(t, fits[""], types[c.Filename], "model %s, source %s: column %s", name, source, c.Filename)
			}
		}
		for _, s := range m.Sources {
			for _, fields := range []map[string]schema.Column{s.Fields, s.Entities, s.Ancestors[1]} {
				for _, c := range fields {
					check(s.Name, c)
				}
			}
			for _, test := range s.Scope {
				check(s.Name, schema.Column{Name: test.Column})
			}
		}
	}
}

// TestEQLRestrictions makes sure that what Elasticsearch would refuse is noticed.
func TestEQLRestrictions(t *testing.T) {
	t.Parallel()
	needEQL(t)
	cases := []struct{ query, says string }{
		{`process where ?process.pid == 5`, ""},
		{`process where ?process.name : "a*" and cidrMatch(?source.ip, "10.0.0.0/8") and ?dll.code_signature.exists == true`, ""},
		{`sequence by host.id [process where ?process.pid == 1] by process.entity_id [process where ?process.pid == 2] by process.parent.entity_id`, ""},
		{"any where ?kubernetes.audit.annotations.`authorization_k8s_io/decision` : \"allow\"", ""},
		{`process where ?process.pid : "5"`, "Expected"},
		{`process where process.nothing : "5"`, "nothing"},
		{`process where ?process.nothing : "5"`, "nothing"},
		{`process where process.name : "5"`, "not optional"},
		{`process where ?process.name == ?process.title`, "Comparisons against fields"},
		{`process where ?message : "*a*"`, "of type match_only_text"},
		{`process where ?powershell.file.script_block_text : "*a*"`, "of type text"},
		{`process where ?source.ip : "10.*"`, "strings only"},
		{`process where ?source.ip == "-"`, "of type ip"},
		{`process where ?source.ip in ("10.0.0.1", "10.0.0.2")`, "of type ip"},
		{`process where ?source.ip == null`, ""},
		{`process where ?dll.code_signature.exists == "true"`, "boolean"},
		{`process where cidrMatch(?winlog.event_data.IpAddress, "10.0.0.0/8")`, "fields of type ip only"},
		{`process where match(?process.name, "a")`, "no such function"},
	}
	queries := make([]string, len(cases))
	for i, c := range cases {
		queries[i] = c.query
	}
	for i, r := range CheckEQL(t, queries, mappedFor(t, queries, nil), "") {
		if cases[i].says == "" {
			assert.Nil(t, r.Error, cases[i].query)
			continue
		}
		require.NotNil(t, r.Error, cases[i].query)
		assert.Contains(t, *r.Error, cases[i].says, cases[i].query)
	}
}

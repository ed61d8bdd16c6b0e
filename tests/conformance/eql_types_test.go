package conformance

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/schema"
)

// ecsSchema is what Elasticsearch would know of the fields of the model, and of those that the
// rule's own assets add: category -> fields -> type.
func ecsSchema(m *schema.Model, added map[string]string) map[string]any {
	fields := doc{}
	kinds := map[schema.Type]string{"": "string", schema.String: "string", schema.Int: "number", schema.Bool: "boolean", schema.IP: "ip", schema.Datetime: "date"}
	column := func(c schema.Column) {
		put(fields, c.Name, kinds[c.Type])
		if c.Filename != "" {
			put(fields, c.Filename, "string")
		}
	}
	s := m.Sources[0]
	for _, c := range s.Fields {
		column(c)
	}
	for _, level := range s.Ancestors {
		for _, c := range level {
			column(c)
		}
	}
	for _, c := range s.Entities {
		column(c)
	}
	for _, t := range s.Scope {
		put(fields, t.Column, "string")
	}
	for path, kind := range added {
		put(fields, path, kind)
	}
	return doc{s.Table: fields}
}

// TestEQLTypesAreChecked makes sure that a test of the wrong type would be noticed.
func TestEQLTypesAreChecked(t *testing.T) {
	types := ecsSchema(ecs(t), nil)
	results := CheckEQL(t, []string{`process where ?process.pid == 5`, `process where ?process.pid : "5"`, `process where process.nothing : "5"`}, types, "")
	assert.Nil(t, results[0].Error)
	assert.NotNil(t, results[1].Error)
	assert.NotNil(t, results[2].Error)
}

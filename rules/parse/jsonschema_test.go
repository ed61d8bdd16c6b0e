package parse

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/source"
	"decree/tests/fixture"
)

// plain is a YAML node as JSON's types, as editors see it: a date is a text.
func plain(t *testing.T, n *yaml.Node) any {
	switch n.Kind {
	case yaml.DocumentNode:
		return plain(t, n.Content[0])
	case yaml.AliasNode:
		return plain(t, n.Alias)
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[n.Content[i].Value] = plain(t, n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, plain(t, c))
		}
		return out
	}
	if n.ShortTag() == "!!timestamp" {
		return n.Value
	}
	var v any
	require.NoError(t, n.Decode(&v))
	return v
}

// TestTheSchemaForgivesWhatTheParserForgives holds every rule that parses to the schema: the
// examples of this package, the library's, and the public ones where they are.
func TestTheSchemaForgivesWhatTheParserForgives(t *testing.T) {
	schema := fixture.Schema(t, rules.JSONSchema)
	check := func(t *testing.T, dir string, least int) {
		folder, err := source.OpenFolder(dir)
		require.NoError(t, err)
		files, _, err := RuleFiles(folder, ".")
		require.NoError(t, err)
		checked := 0
		for _, f := range files {
			if _, found := RulesIn(folder, f); found.HasErrors() {
				continue
			}
			data, err := folder.Read(f)
			require.NoError(t, err)
			for dec := yaml.NewDecoder(bytes.NewReader(data)); ; {
				var doc yaml.Node
				if dec.Decode(&doc) != nil {
					break
				}
				if v := plain(t, &doc); v != nil {
					assert.NoError(t, schema.Validate(v), f)
					checked++
				}
			}
		}
		assert.GreaterOrEqual(t, checked, least)
	}
	t.Run("library", func(t *testing.T) { check(t, "../library", 2) })
	t.Run("examples", func(t *testing.T) { check(t, "testdata", 5) })
	t.Run("public", func(t *testing.T) { check(t, fixture.Corpus(t, "sigmahq", "rules"), 1000) })
}

func TestTheSchemaFindsSlips(t *testing.T) {
	schema := fixture.Schema(t, rules.JSONSchema)
	const good = "title: T\nlogsource: {product: windows}\ndetection: {a: {F: 1}, condition: a}\n"
	require.NoError(t, schema.Validate(yamlOf(t, good)))
	for _, slip := range []string{
		strings.Replace(good, "title", "titel", 1), strings.Replace(good, "condition", "conditon", 1), good + "status: ready\n", good + "level: 5\n", good + "id: x\n",
		good + "lists: {a: {fiel: x}}\n", good + "ancestry: {a: {granparent: {F: x}}}\n", good + "prevalence: {a: {local: {rarest: 5}, field: x}}\n", good + "schedule: {every: hourly}\n",
		good + "prevalence: {a: {field: x, signature: {not: y}}}\n",
	} {
		assert.Error(t, schema.Validate(yamlOf(t, slip)), slip)
	}
}

// TestTheSchemaKnowsCorrelations holds it to the parser's own cases: what that reads it allows, and most slips it
// finds.
func TestTheSchemaKnowsCorrelations(t *testing.T) {
	schema := fixture.Schema(t, rules.JSONSchema)
	for _, good := range []string{
		"{type: event_count, rules: [a], group-by: [User], timespan: 1h, condition: {gte: 10}}",
		"{type: value_percentile, rules: a, timespan: 5m, condition: {field: Size, percentile: 95, gte: 3.5}}",
		"{type: temporal, rules: [a, b, c], timespan: 5m, condition: a and (b or not c), aliases: {ip: {a: SourceIp}}, group-by: ip, generate: true}",
		"{type: value_count, rules: [a], timespan: 1w, condition: {field: [User, Host], neq: 3}}",
	} {
		text := "title: T\ncorrelation: " + good
		_, found := Documents("rule.yml", []byte(text), nil)
		require.Empty(t, found)
		assert.NoError(t, schema.Validate(yamlOf(t, text)), good)
	}
	for _, slip := range []string{
		"{type: event_cuont, rules: [a], timespan: 1h, condition: {gte: 10}}", "{type: event_count, rules: [a], condition: {gte: 10}}",
		"{type: event_count, rules: [a], timespan: 1 hour, condition: {gte: 10}}", "{type: event_count, rules: [a], timespan: 1h, condition: {get: 10}}",
		"{type: temporal, rules: [a], timespan: 1h, groupby: User}", "{type: temporal, rules: [a], timespan: 1h, generate: often}",
	} {
		assert.Error(t, schema.Validate(yamlOf(t, "title: T\ncorrelation: "+slip)), slip)
	}
}

func yamlOf(t *testing.T, text string) any {
	t.Helper()
	var doc yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(text), &doc))
	return plain(t, &doc)
}

// TestTheSchemaKnowsTheSections holds the schema's keys to the table of sections, and its words to the parser's.
func TestTheSchemaKnowsTheSections(t *testing.T) {
	var schema struct {
		AnyOf      []struct{ Required []string }
		Properties map[string]struct{ Enum []string }
	}
	require.NoError(t, json.Unmarshal(rules.JSONSchema, &schema))
	assert.Equal(t, rules.Statuses(), schema.Properties["status"].Enum)
	assert.Equal(t, rules.Levels(), schema.Properties["level"].Enum)
	required := make([][]string, 3)
	for _, s := range rules.Sections() {
		assert.Contains(t, schema.Properties, s.Name)
		delete(schema.Properties, s.Name)
		for i, kind := range []rules.Kinds{rules.DetectionRules, rules.CorrelationRules, rules.FilterRules} {
			if s.Required&kind != 0 {
				required[i] = append(required[i], s.Name)
			}
		}
	}
	assert.Empty(t, schema.Properties, "keys that no document has")
	for i, names := range required {
		assert.Equal(t, names, schema.AnyOf[i].Required)
	}
}

// TestEverySectionIsRead holds the table of sections to what reads them.
func TestEverySectionIsRead(t *testing.T) {
	byDocument := []string{"filter", "correlation", "generate"} // read by what reads these documents
	for _, s := range rules.Sections() {
		assert.Equal(t, !slices.Contains(byDocument, s.Name), readers[s.Name] != nil, s.Name)
		assert.Equal(t, s.Required, s.Required&s.In, "%s is required where it is not allowed", s.Name)
	}
	for name := range readers {
		assert.False(t, isUnknown(name), name)
	}
}

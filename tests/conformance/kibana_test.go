package conformance

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers/eql"
	"decree/compilers/packages"
	"decree/compilers/packages/kibana"
	"decree/rules/schema"
	"decree/tests/fixture"
)

// kibanaRules packages the public rules for a model: every fifth, and all where DECREE_HEAVY is set.
func kibanaRules(t *testing.T, m *schema.Model) packages.Output {
	f := kibana.New()
	return f.Package(packages.Settings{Target: "kibana"}, packageInputs(t, f, eql.New(), m, fixture.Times(5, 1)))
}

// linesOf are the rules of a package.
func linesOf(out packages.Output) []string {
	var lines []string
	for _, f := range out.Files {
		if strings.HasSuffix(f.Path, ".ndjson") {
			lines = append(lines, strings.Split(strings.TrimSuffix(f.Text, "\n"), "\n")...)
		}
	}
	return lines
}

// TestKibanaQueriesParse reads the packaged queries by the parser of EQL, with the types of Elastic's index templates.
func TestKibanaQueriesParse(t *testing.T) {
	t.Parallel()
	needEQL(t)
	for _, model := range kibana.New().Models() {
		m, err := schema.Load(model)
		require.NoError(t, err)
		var queries []string
		for _, line := range linesOf(kibanaRules(t, m)) {
			var r struct{ Query string }
			require.NoError(t, json.Unmarshal([]byte(line), &r))
			queries = append(queries, r.Query)
		}
		for i, r := range CheckEQL(t, queries, mappedFor(t, queries, nil), "") {
			if r.Error != nil {
				assert.Fail(t, *r.Error, queries[i])
			}
		}
		t.Logf("%s: %d queries", model, len(queries))
		assert.Greater(t, len(queries), 200)
	}
}

// TestKibanaRulesAreValid holds the packaged public rules to Elastic's schema.
func TestKibanaRulesAreValid(t *testing.T) {
	t.Parallel()
	s := fixture.ElasticRules(t, "eql")
	for _, model := range kibana.New().Models() {
		m, err := schema.Load(model)
		require.NoError(t, err)
		out := kibanaRules(t, m)
		lines := linesOf(out)
		require.Len(t, lines, len(out.Made))
		assert.Greater(t, len(lines), 200)
		integrated := 0
		for _, line := range lines {
			v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
			require.NoError(t, err)
			assert.NoError(t, s.Validate(v), line)
			if strings.Contains(line, `"related_integrations"`) {
				integrated++
			}
		}
		t.Logf("%s: %d rules, %d with an integration", model, len(lines), integrated)
	}
}

package conformance

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers/kql"
	"decree/compilers/packages"
	"decree/compilers/packages/sentinel"
	"decree/rules/schema"
	"decree/tests/fixture"
)

// sentinelResource is a resource of an ARM template.
type sentinelResource struct {
	Type       string         `json:"type"`
	Kind       string         `json:"kind,omitempty"`
	Properties map[string]any `json:"properties"`
}

// resourcesOf reads the templates as ARM does: of a text that begins with two brackets and ends with one, the first is
// an escape.
func resourcesOf(t *testing.T, out packages.Output) []sentinelResource {
	var all []sentinelResource
	for _, f := range out.Files {
		if !strings.HasSuffix(f.Path, ".json") {
			continue
		}
		var template struct{ Resources []sentinelResource }
		require.NoError(t, json.Unmarshal([]byte(f.Text), &template))
		for _, r := range template.Resources {
			for key, v := range r.Properties {
				if text, isText := v.(string); isText && strings.HasPrefix(text, "[[") && strings.HasSuffix(text, "]") {
					r.Properties[key] = text[1:]
				}
			}
			all = append(all, r)
		}
	}
	return all
}

// TestSentinelQueriesReturnWhatAlertsShow binds the packaged queries by Microsoft's parser. Each ends with the columns
// that its entity mappings name: a column that the query does not return is an error.
func TestSentinelQueriesReturnWhatAlertsShow(t *testing.T) {
	t.Parallel()
	needKusto(t)
	for _, model := range []string{"sentinel", "asim", "mde"} {
		m, err := schema.Load(model)
		require.NoError(t, err)
		var queries []string
		mapped := 0
		for _, r := range resourcesOf(t, sentinel.New().Package(packages.Settings{Target: "sentinel"}, packageInputs(t, sentinel.New(), kql.New(), m, fixture.Times(30, 15)))) {
			query, isRule := r.Properties["query"].(string)
			if !isRule {
				continue
			}
			var columns []string
			mappings, _ := r.Properties["entityMappings"].([]any)
			for _, e := range mappings {
				for _, f := range e.(map[string]any)["fieldMappings"].([]any) {
					if column := f.(map[string]any)["columnName"].(string); !slices.Contains(columns, column) {
						columns = append(columns, column)
					}
				}
			}
			if len(columns) > 0 {
				query += "\n| project " + strings.Join(columns, ", ")
				mapped++
			}
			queries = append(queries, query)
		}
		for i, r := range CheckKQL(t, queries, tablesOf(t, m), "", "") {
			assert.Empty(t, r.Errors, queries[i])
		}
		t.Logf("%s: %d queries, %d with entities", model, len(queries), mapped)
		assert.Greater(t, mapped, len(queries)*8/10)
	}
}

// TestSentinelRulesAreReadByMicrosoftsLibrary reads packaged rules by azure-mgmt-securityinsight and writes them back:
// nothing is lost or changed.
func TestSentinelRulesAreReadByMicrosoftsLibrary(t *testing.T) {
	t.Parallel()
	python := pythonWith(t, "import azure.mgmt.securityinsight._utils.model_base", "sentinel")
	m, err := schema.Load("sentinel")
	require.NoError(t, err)
	var resources []sentinelResource
	for _, now := range []bool{false, true} {
		of := resourcesOf(t, sentinel.New().Package(packages.Settings{Target: "sentinel", NearRealTime: now}, packageInputs(t, sentinel.New(), kql.New(), m, 5)))
		if now {
			of = slices.DeleteFunc(of, func(r sentinelResource) bool { return r.Kind != "NRT" })
		}
		resources = append(resources, of...)
	}
	kinds := map[string]int{}
	for _, r := range resources {
		kinds[r.Kind]++
	}
	t.Log(kinds)
	assert.Greater(t, kinds["NRT"], 10)
	assert.Greater(t, kinds["Scheduled"], 200)
	// a property that the library does not know, and a duration that is none, are differences
	wrong := []sentinelResource{{Kind: "Scheduled", Properties: map[string]any{"displayName": "x", "colour": "red"}}, {Kind: "Scheduled", Properties: map[string]any{"queryPeriod": "1 hour"}}}
	var found [][]string
	ask(t, exec.Command(python, filepath.Join(root(), "tests", "conformance", "sentinel", "roundtrip.py")), append(resources, wrong...), &found)
	require.Len(t, found, len(resources)+len(wrong))
	for i, differences := range found {
		if i < len(resources) {
			assert.Empty(t, differences, resources[i].Properties["displayName"])
		} else {
			assert.NotEmpty(t, differences, wrong[i-len(resources)].Properties)
		}
	}
}

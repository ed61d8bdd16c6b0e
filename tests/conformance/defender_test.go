package conformance

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers/kql"
	"decree/compilers/packages"
	"decree/compilers/packages/defender"
	"decree/rules/schema"
	"decree/tests/fixture"
	"decree/tests/fixture/packaged"
)

// TestDefenderQueriesReturnWhatAlertsShow packages a part of the public rules, holds each to the schema, and binds its
// query by Microsoft's parser. Each query ends with the columns that the product asks for and that its entity mappings
// name: a column that the query does not return is an error.
func TestDefenderQueriesReturnWhatAlertsShow(t *testing.T) {
	t.Parallel()
	needKusto(t)
	form := packaged.Schema(t, filepath.Join(root(), "compilers", "packages", "defender", "testdata", "detectionrule.schema.json"))
	m, err := schema.Load("mde")
	require.NoError(t, err)
	f := defender.New()
	inputs := packageInputs(t, f, kql.New(), m, fixture.Times(5, 1))
	out := f.Package(packages.Settings{Target: "defender"}, inputs)
	var queries []string
	for _, file := range out.Files {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(file.Text))
		require.NoError(t, err)
		assert.NoError(t, form.Validate(v), file.Text)
		var rule struct {
			Query  struct{ QueryText string } `json:"queryCondition"`
			Action struct {
				Alert struct {
					Entities map[string][]map[string]string `json:"entityMappings"`
				} `json:"alertTemplate"`
			} `json:"detectionAction"`
		}
		require.NoError(t, json.Unmarshal([]byte(file.Text), &rule))
		columns := []string{"Timestamp", "ReportId"}
		for _, mappings := range rule.Action.Alert.Entities {
			for _, mapping := range mappings {
				for _, column := range mapping {
					columns = append(columns, column)
				}
			}
		}
		slices.Sort(columns)
		queries = append(queries, rule.Query.QueryText+"\r\n| project "+strings.Join(slices.Compact(columns), ", "))
	}
	for i, r := range CheckKQL(t, queries, tablesOf(t, m), "", "") {
		assert.Empty(t, r.Errors, queries[i])
	}
	t.Logf("%d rules have a query, %d a package", len(inputs), len(out.Made))
	assert.Greater(t, len(out.Made), len(inputs)*9/10)
}

package kql

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

// TestShownFields: a value inside a longer column, or in different columns of two tables or of some events, becomes one
// column; two fields with one value share it.
func TestShownFields(t *testing.T) {
	for _, c := range []struct {
		model, rule string
		asked       []string
		stage       string // "": nothing is added
		columns     map[string]string
	}{
		{"sentinel", "logsource: {product: windows, category: dns_query}\ndetection: {s: {QueryName: x}, condition: s}\n", []string{"domain", "QueryName", "host"},
			"| extend QueryName = tostring(EventData.QueryName)\n", map[string]string{"domain": "QueryName", "QueryName": "QueryName", "host": "Computer"}},
		{"sentinel", "logsource: {product: windows, service: security}\ndetection: {s: {EventID: 4625}, condition: s}\n", []string{"TargetUserName", "Computer"},
			"| extend TargetUserName = tostring(EventData.TargetUserName)\n", map[string]string{"TargetUserName": "TargetUserName", "Computer": "Computer"}},
		{"sentinel", "logsource: {product: windows, service: security}\ndetection: {s: {EventID: '*'}, condition: s}\n", []string{"user"},
			"| extend DecreeUser_ = iff(", map[string]string{"user": "DecreeUser_"}},
		{"mde", "logsource: {product: windows, category: registry_set}\ndetection: {s: {Image: x}, condition: s}\n", []string{"TargetObject"},
			`| extend TargetObject = case(isempty(RegistryValueName), RegistryKey, `, map[string]string{"TargetObject": "TargetObject"}},
		{"mde", "detection: {s: {Image: x}, condition: s}\n", []string{"CommandLine", "sha1", "IMPHASH"}, "", map[string]string{"CommandLine": "ProcessCommandLine", "sha1": "SHA1", "IMPHASH": ""}},
	} {
		q, found := New().Compile(lowered.Rule(t, c.rule), compilers.Options{Model: lowered.Model(t, c.model), Show: compilers.Show{Asked: c.asked}})
		require.NotNil(t, q, "%v", found)
		assert.Equal(t, c.stage != "", strings.Contains(q.Text, "| extend "), q.Text)
		assert.Contains(t, q.Text, c.stage)
		for field, want := range c.columns {
			column, ok := q.Result.Column(field)
			assert.Equal(t, want, column, field)
			assert.Equal(t, want != "", ok, field)
		}
	}
}

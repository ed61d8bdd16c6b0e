package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/ir"
)

// TestArraysAreInTheEventsOwnJSON shows which array a test of elements is asked of in Splunk, whose fields do not keep
// elements together.
func TestArraysAreInTheEventsOwnJSON(t *testing.T) {
	m, err := Load("splunk-cloud")
	require.NoError(t, err)
	audit, google, cloudtrail := m.Find("", "azure", "auditlogs")[0], m.Find("", "gcp", "gcp.audit")[0], m.Find("", "aws", "cloudtrail")[0]
	deltas := []string{"_raw.data.protoPayload.serviceData.policyDelta.bindingDeltas", "_raw.protoPayload.serviceData.policyDelta.bindingDeltas"}
	for _, c := range []struct {
		source *Source
		field  string
		which  rules.Quantifier
		all    bool
		want   []string
	}{
		{audit, "TargetResources", rules.AnyElement, false, []string{"_raw.properties.targetResources"}},
		{audit, "properties.targetResources", rules.NoElement, false, []string{"_raw.properties.targetResources"}},
		{audit, "properties.a{}", rules.AnyElement, false, []string{"_raw.properties.a"}},
		{audit, "_raw.properties.a", rules.AnyElement, false, []string{"_raw.properties.a"}},
		{cloudtrail, "requestParameters.a.b.c.d.e.f", rules.AnyElement, false, []string{"_raw.requestParameters.a.b.c.d.e.f"}},
		{google, "protoPayload.serviceData.policyDelta.bindingDeltas", rules.AnyElement, false, deltas},
		{google, "protoPayload.serviceData.policyDelta.bindingDeltas", rules.AllOrEmpty, true, deltas},
	} {
		n, err := m.Translate(c.source, &ir.Match{Field: ir.Field{Name: c.field}, Test: &ir.Elements{Which: c.which, Body: &ir.Const{Value: true}}})
		require.NoError(t, err, c.field)
		var got []string
		ir.Inspect(n, func(n ir.Node) bool {
			if m, ok := n.(*ir.Match); ok {
				got = append(got, m.Field.Name)
				assert.IsType(t, &ir.Elements{}, m.Test)
			}
			return true
		})
		assert.Equal(t, c.want, got, c.field)
		_, all := n.(*ir.And)
		assert.Equal(t, c.all, all, c.field)
		assert.True(t, c.source.Has(m, ir.Field{Name: got[0]}), "%s: the source has it", got[0])
	}
	_, err = m.Translate(audit, &ir.Match{Field: ir.Field{Name: "Target"}, Test: &ir.Elements{Which: rules.AnyElement, Body: &ir.Const{Value: true}}})
	assert.ErrorContains(t, err, "Target is not an array of the product's")
}

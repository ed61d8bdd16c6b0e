package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
)

// TestPropertiesOfArraysAreAskedOfElements: what a rule asks below an array's name is asked of each element, by the
// names that the model lists. What the model does not list there stays unknown, unless it knows the object around it.
func TestPropertiesOfArraysAreAskedOfElements(t *testing.T) {
	m, err := Load("sentinel")
	require.NoError(t, err)
	x := &ir.Text{Op: ir.Equals, Values: []string{"x"}}
	backtracking := &ir.Regex{Expr: `(a)\1`, Backtracking: true}
	for _, c := range []struct {
		product, service, field string
		test                    ir.Test
		want                    string
		answered                bool
	}{
		{"azure", "auditlogs", "TargetResources.userprincipalname", x, `TargetResources has an element with (userPrincipalName equals "x")`, true},
		{"azure", "auditlogs", "properties.targetResources.id", x, `properties.targetResources has an element with (id equals "x")`, true},
		{"azure", "auditlogs", "TargetResources.ModifiedProperties.NewValue", x, `TargetResources has an element with (modifiedProperties has an element with (newValue equals "x"))`, true},
		{"azure", "auditlogs", "TargetResources.id", &ir.Null{}, "TargetResources has only elements with (id is null)", true},
		{"azure", "auditlogs", "TargetResources.id", &ir.Exists{Value: true}, "TargetResources has an element with (id exists)", true},
		{"azure", "auditlogs", "TargetResources.other", x, `TargetResources.other equals "x"`, false},
		{"azure", "auditlogs", "TargetResources.id", backtracking, `TargetResources.id matches /(a)\1/ (backtracking)`, true},
		{"aws", "cloudtrail", "requestParameters.ipPermissions.items.other", x, `requestParameters.ipPermissions.items has an element with (other equals "x")`, true},
		{"aws", "cloudtrail", "requestParameters.userName", x, `requestParameters.userName equals "x"`, true},
		{"m365", "audit", "Members.UPN", &ir.OfFilename{Test: x}, `Members has an element with (UPN filename equals "x")`, true},
		{"kubernetes", "audit", "requestObject.spec.volumes.hostPath.path", x, `requestObject.spec.volumes has an element with (hostPath.path equals "x")`, true},
		{"kubernetes", "audit", "annotations.authorization.k8s.io/decision", x, `annotations.authorization.k8s.io/decision equals "x"`, true},
		{"gcp", "gcp.audit", "data.protoPayload.request.policy.bindings.role", x, `data.protoPayload.request.policy.bindings has an element with (role equals "x")`, true},
	} {
		n := &ir.Match{Field: ir.Field{Name: c.field}, Test: c.test}
		s := m.Find("", c.product, c.service)[0]
		own, err := m.Translate(s, n)
		require.NoError(t, err)
		match := own.(*ir.Match)
		assert.Equal(t, c.want, match.Field.Name+" "+ir.Describe(match.Test), c.field)
		assert.Equal(t, c.answered, m.Answers(s, n), c.field)
	}
}

// TestValuesOfElements: where one value of a field is taken, the column is that of all elements.
func TestValuesOfElements(t *testing.T) {
	m, err := Load("sentinel")
	require.NoError(t, err)
	s := m.Find("", "azure", "auditlogs")[0]
	for field, want := range map[string]string{
		"targetresources.id": "TargetResources.id", "properties.targetResources.ModifiedProperties.newvalue": "TargetResources.modifiedProperties.newValue", "TargetResources.other": "",
	} {
		columns, _ := m.Whole(s, field, 0)
		if want == "" {
			assert.Empty(t, columns, field)
			continue
		}
		require.Len(t, columns, 1, field)
		assert.Equal(t, want, columns[0].Name)
		assert.True(t, s.OneBelowArray(want), field)
	}
	assert.True(t, m.ObjectArrays()["TargetResources.modifiedProperties"])
	assert.False(t, s.OneBelowArray("InitiatedBy.user"))
}

// TestKeysWithDots: what follows the name of an object with whole keys is one key.
func TestKeysWithDots(t *testing.T) {
	s := &Source{Columns: map[string]string{"Annotations": "dynamic", "User": "dynamic"}, WholeKeys: []string{"Annotations"}}
	for name, want := range map[string][]string{"Annotations.authorization.k8s.io/reason": {"authorization.k8s.io/reason"}, "User.extra.a": {"extra", "a"}} {
		_, path := s.Inside(name)
		assert.Equal(t, want, path, name)
	}
}

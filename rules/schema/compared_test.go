package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
)

// TestFieldsInSeveralColumnsAreNotCompared: whichever of the two is in several.
func TestFieldsInSeveralColumnsAreNotCompared(t *testing.T) {
	for _, c := range []struct{ model, category, service, field, other, want string }{
		{"mde", "registry_set", "", "TargetObject", "Details", "TargetObject is in two columns, key and name, and cannot be compared with another field"},
		{"splunk-windows", "", "powershell-classic", "Data", "HostVersion", "the values of Data are spread over several columns and cannot be compared with another field"},
	} {
		m, err := Load(c.model)
		require.NoError(t, err)
		s := m.Find(c.category, "windows", c.service)[0]
		for _, fields := range [][2]string{{c.field, c.other}, {c.other, c.field}} {
			_, err := m.Translate(s, &ir.Match{Field: ir.Field{Name: fields[0]}, Test: &ir.FieldRef{Op: ir.Equals, Other: ir.Field{Name: fields[1]}}})
			assert.EqualError(t, err, c.want, "%s, %v", c.model, fields)
		}
	}
}

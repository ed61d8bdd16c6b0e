package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/source"
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

// TestFieldsAreComparedInOneWordForEachValue: True and Succeeded are one value of Sigma's, and two texts.
func TestFieldsAreComparedInOneWordForEachValue(t *testing.T) {
	n, ref := &ir.Match{Field: ir.Field{Name: "A"}}, &ir.FieldRef{Op: ir.Equals, Other: ir.Field{Name: "B"}}
	words := func(of ...string) Column { return Column{Values: map[string]source.OneOrMore{"success": of}} }
	assert.NoError(t, sameWords(n, ref, Column{}, Column{}))
	assert.NoError(t, sameWords(n, ref, words("True"), words("True")))
	for _, pair := range [][2]Column{{words("True"), Column{}}, {words("True"), words("Succeeded")}, {words("True", "Succeeded"), words("True", "Succeeded")}} {
		assert.EqualError(t, sameWords(n, ref, pair[0], pair[1]), "the product has words of its own for some values of A or of B: they cannot be compared")
	}
}

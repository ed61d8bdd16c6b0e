package kql

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/ir"
)

// TestSameEscaped: a text is read without its entities unless a test finds the same either way.
func TestSameEscaped(t *testing.T) {
	text := func(op ir.TextOp, values ...string) *ir.Text { return &ir.Text{Op: op, Values: values} }
	for _, c := range []struct {
		name string
		test ir.Test
		want bool
	}{
		{"a name", text(ir.EndsWith, `\cmd.exe`), true},
		{"a character with an entity", text(ir.Contains, "a", "b>c"), false},
		{"a quote", text(ir.Equals, `"a"`), false},
		{"part of an entity", text(ir.Contains, "MP"), false},
		{"the end of one", text(ir.EndsWith, "t;"), false},
		{"more than the end of one", text(ir.Contains, "lt;x"), false},
		{"an entity's name, as all there is", text(ir.Equals, "lt;"), true},
		{"at the beginning", text(ir.StartsWith, "amp;"), true},
		{"nothing", text(ir.Equals, ""), true},
		{"a pattern", &ir.Glob{Parts: []ir.GlobPart{{Literal: "a"}, {Wild: '?'}}}, false},
		{"an expression", &ir.Regex{Expr: "a"}, false},
		{"another field", &ir.FieldRef{}, false},
		{"no test at all", nil, false},
		{"whether it is there", &ir.Exists{Value: true}, true},
		{"a number", &ir.Number{Op: "gt", Values: []float64{1}}, true},
	} {
		assert.Equal(t, c.want, sameEscaped(c.test), c.name)
	}
}

package match

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine/document"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// TestRareValuesAreGuessedToBeRare: short values hold often, long ones rarely, and those that many rules ask more often
// than those of one.
func TestRareValuesAreGuessedToBeRare(t *testing.T) {
	l := document.NewLayout(lowered.Model(t, "sigma"))
	atoms := NewAtoms(l)
	slot := l.Slot(schema.Column{Name: "F"})
	often := func(rules int, test ir.Test) float64 {
		var atom int
		for range rules {
			atom = atoms.OfSlot(slot, test)
		}
		_, often, ok := atoms.Trigger(atom)
		assert.True(t, ok)
		return often
	}
	rare := often(1, &ir.Text{Op: ir.Contains, Values: []string{`\seldom-seen-tool`}})
	assert.Less(t, rare, often(1, &ir.Text{Op: ir.Equals, Values: []string{"true"}}))
	assert.Less(t, rare, often(1, &ir.Number{Op: "eq", Values: []float64{4624}}))
	assert.Less(t, rare, often(100, &ir.Text{Op: ir.Equals, Values: []string{"Service Control Manager"}}))
	assert.Less(t, often(1, &ir.Text{Op: ir.Equals, Values: []string{"a provider"}}), often(100, &ir.Text{Op: ir.Equals, Values: []string{"b provider"}}))
}

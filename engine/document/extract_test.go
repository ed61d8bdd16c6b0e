package document

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/extract"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// TestSlotsOfExtracts makes values of columns and of other extracts, once an event, and drops empty ones where the
// product does.
func TestSlotsOfExtracts(t *testing.T) {
	for _, emptyIsMissing := range []bool{false, true} {
		l := NewLayout(&schema.Model{EmptyIsMissing: emptyIsMissing})
		l.SetTester(func(ir.Test) extract.Test { return extract.Test{} })
		spec := &rules.Extract{Name: "X", Field: rules.NamedField{Name: "F"}, Op: rules.ExtractSplit, Separator: "/", Any: true}
		x := &ir.Extract{Spec: spec, From: []ir.Field{{Name: "F"}}}
		inner := schema.Column{Name: "X", Made: &schema.Made{Extract: x, From: []schema.Column{{Name: "F"}}}}
		y := &ir.Extract{Spec: &rules.Extract{Name: "Y", Field: rules.NamedField{Name: "X"}, Case: "upper"}, From: []ir.Field{{Name: "X", Extract: x}}}
		outer := schema.Column{Name: "Y", Made: &schema.Made{Extract: y, From: []schema.Column{inner}}}
		slot := l.Slot(outer)
		assert.Equal(t, slot, l.Slot(outer), "one slot for equal extracts")
		assert.Equal(t, "Y", l.Describe(slot))
		assert.Len(t, l.ColumnsOf(slot), 1)
		l.Finish()
		d := New(l)
		require.NoError(t, d.Load([]byte(`{"F":"a//b"}`)))
		if emptyIsMissing {
			assert.Equal(t, []string{"A", "B"}, d.Slot(slot).Texts)
		} else {
			assert.Equal(t, []string{"A", "", "B"}, d.Slot(slot).Texts)
		}
		require.NoError(t, d.Load([]byte(`{"G":"a"}`)))
		assert.False(t, d.Slot(slot).Present)
		require.NoError(t, d.Load([]byte(`{"F":""}`)))
		assert.Equal(t, !emptyIsMissing, d.Slot(slot).Present)
	}
}

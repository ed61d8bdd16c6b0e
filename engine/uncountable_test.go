package engine_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestEventsWithoutAValueAreUncountable: prevalence is named if no event had its value, and not if one had.
func TestEventsWithoutAValueAreUncountable(t *testing.T) {
	rule := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\nprevalence: {rare: {field: sha1, local: {distinct: host, lte: 1}}}\ndetection: {a: {Image: x}, condition: a and rare}\n")
	const without, with = `"Image":"x"}`, `"Image":"x","Hashes":"SHA1=AA"}`
	const elsewhere = `"Image":"y"}` // of which the rule does not ask
	for _, c := range []struct {
		events  []string
		matches int
	}{
		{[]string{without, without, elsewhere}, 2},
		{[]string{without, with}, 0},
		{[]string{elsewhere}, 0},
	} {
		e, found := engine.New([]*ir.Rule{rule}, engine.Options{Model: lowered.Model(t, "windows")})
		require.Empty(t, found)
		for i, event := range c.events {
			enginetest.Add(t, e, sysmonOne+fmt.Sprintf(`"EventRecordID":%d,`, i)+event)
		}
		_, _, err := e.Finish()
		require.NoError(t, err)
		var want []engine.Uncountable
		if c.matches > 0 {
			want = []engine.Uncountable{{Kind: "prevalence", Rule: "T", Name: "rare", Field: "sha1", Matches: c.matches}}
		}
		assert.Equal(t, want, e.Uncountable(), c.events)
	}
}

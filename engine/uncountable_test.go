package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

const rareByHash = "title: T\nlogsource: {product: windows, category: process_creation}\nprevalence: {rare: {field: sha1, local: {distinct: host, lte: 1}}}\ndetection: {a: {Image: x}, condition: a and rare}\n"

// TestEventsWithoutAValueAreUncountable: prevalence is named if no event had its value, and not if one had.
func TestEventsWithoutAValueAreUncountable(t *testing.T) {
	rule := lowered.Rule(t, rareByHash)
	const without, with = `"Image":"x"}`, `"Image":"x","Hashes":"SHA1=AA"}`
	const elsewhere = `"Image":"y"}` // of which the rule does not ask
	for _, c := range []struct {
		events []string
		count  int
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
		if c.count > 0 {
			want = []engine.Uncountable{{Kind: "prevalence", Rule: "T", Name: "rare", Fields: []string{"sha1"}, Count: c.count}}
		}
		assert.Equal(t, want, e.Uncountable(), c.events)
	}
}

// TestAnEventIsCountedOnceInAllRuns of a backtest that judge it.
func TestAnEventIsCountedOnceInAllRuns(t *testing.T) {
	b, found := engine.NewBacktest([]*ir.Rule{lowered.Rule(t, rareByHash)}, engine.Options{Model: lowered.Model(t, "windows")})
	require.Empty(t, found)
	for id := range 6 {
		enginetest.Add(t, b.Engine, sysmonOne+fmt.Sprintf(`"EventRecordID":%d,"Image":"x"}`, id))
	}
	every := func(*rules.Rule) rules.Schedule { return rules.Schedule{Every: time.Hour, Lookback: 3 * time.Hour} }
	_, _, err := b.Finish(every, func(engine.Alert) {})
	require.NoError(t, err)
	assert.Equal(t, []engine.Uncountable{{Kind: "prevalence", Rule: "T", Name: "rare", Fields: []string{"sha1"}, Count: 6}}, b.Uncountable())
}

package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestResultsAreHandedOn holds that each result comes as soon as its event was read, but for those that
// only the end of the input decides, and that Finish then keeps none.
func TestResultsAreHandedOn(t *testing.T) {
	var seen []string
	e, found := engine.New([]*ir.Rule{lowered.Rule(t, plainRule), lowered.Rule(t, rareRule)}, engine.Options{Model: lowered.Model(t, "mde"), OnResult: func(r engine.Result) {
		seen = append(seen, r.EventID+" "+r.Rule.Source.Description)
	}})
	require.Empty(t, found)
	for i, line := range []string{enginetest.DefenderProcess(1, "10:00:00", "h", "x", "run whoami"), enginetest.DefenderProcess(2, "10:00:00", "h", "x", "whoami"), enginetest.DefenderProcess(3, "10:00:00", "h", "x", "else")} {
		require.NoError(t, e.Add(&event.Event{Source: "test", Line: i + 1, Raw: []byte(line)}))
	}
	assert.Equal(t, []string{"1 plain", "2 plain"}, seen)
	results, _, err := e.Finish()
	require.NoError(t, err)
	assert.Empty(t, results)
	assert.Equal(t, []string{"1 plain", "2 plain", "1 rare"}, seen)
}

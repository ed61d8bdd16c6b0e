package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
)

// TestResultsAreHandedOn holds that each result comes as soon as its event was read, but for those that
// only the end of the input decides, and that Finish then keeps none.
func TestResultsAreHandedOn(t *testing.T) {
	var seen []string
	e, found := engine.New([]*ir.Rule{lower(t, plainRule), lower(t, rareRule)}, engine.Options{Model: model(t, "mde"), OnResult: func(r engine.Result) {
		seen = append(seen, r.EventID+" "+r.Rule.Source.Description)
	}})
	require.Empty(t, found)
	for i, line := range []string{mdeEvent(1, "10:00:00", "h", "x", "run whoami"), mdeEvent(2, "10:00:00", "h", "x", "whoami"), mdeEvent(3, "10:00:00", "h", "x", "else")} {
		require.NoError(t, e.Add(&event.Event{Source: "test", Line: i + 1, Raw: []byte(line)}))
	}
	assert.Equal(t, []string{"1 plain", "2 plain"}, seen)
	results, _, err := e.Finish()
	require.NoError(t, err)
	assert.Empty(t, results)
	assert.Equal(t, []string{"1 plain", "2 plain", "1 rare"}, seen)
}

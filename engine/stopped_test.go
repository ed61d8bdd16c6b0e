package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestAStoppedReaderEndsTheRun: what was read before counts, and nothing behind it.
func TestAStoppedReaderEndsTheRun(t *testing.T) {
	stop := make(chan struct{})
	matches := 0
	rule := lowered.Rule(t, "title: x\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image: x}, condition: a}\n")
	e, _ := engine.New([]*ir.Rule{rule}, engine.Options{OnResult: func(engine.Result) { matches++ }})
	r, err := event.NewReader("x.ndjson", strings.NewReader(strings.Repeat("{\"Image\":\"x\"}\n", 5000)), event.Options{Stop: stop})
	require.NoError(t, err)
	err = e.Run(r, "x.ndjson", 2, func(int) {
		if matches > 0 && stop != nil {
			close(stop)
			stop = nil
		}
	})
	if err != nil { // all may have been read ahead by then
		require.ErrorIs(t, err, event.ErrStopped)
	}
	assert.Positive(t, matches)

	closed := make(chan struct{})
	close(closed)
	r, err = event.NewReader("y.ndjson", strings.NewReader("{\"Image\":\"x\"}\n"), event.Options{Stop: closed})
	require.NoError(t, err)
	before := matches
	require.ErrorIs(t, e.Run(r, "y.ndjson", 1, nil), event.ErrStopped)
	assert.Equal(t, before, matches)
}

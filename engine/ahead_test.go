package engine_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestLongLinesAreNotReadFarAhead: however many workers there are, what is read and not merged is bounded in bytes.
func TestLongLinesAreNotReadFarAhead(t *testing.T) {
	const size, lines = 1 << 21, 50
	line := `{"Image":"` + strings.Repeat("x", size-13) + "\"}\n"
	var all []io.Reader
	for range lines {
		all = append(all, strings.NewReader(line))
	}
	e, found := engine.New([]*ir.Rule{lowered.Rule(t, "detection: {a: {Image: y}, condition: a}\n")}, engine.Options{})
	require.Empty(t, found)
	r, err := event.NewReader("x.ndjson", io.MultiReader(all...), event.Options{})
	require.NoError(t, err)
	merged := 0
	require.NoError(t, e.Run(r, "x.ndjson", 8, func(n int) {
		for before := int64(-1); merged == 0 && before != r.Bytes(); { // until the reader waits
			before = r.Bytes()
			time.Sleep(100 * time.Millisecond)
		}
		assert.LessOrEqual(t, r.Bytes()-int64(merged*size), int64(1<<25+2*size))
		merged += n
	}))
	assert.Equal(t, lines, merged)
}

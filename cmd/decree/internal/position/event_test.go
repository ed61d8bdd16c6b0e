package position

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEvent(t *testing.T) {
	assert.Equal(t, "event 7 at a.ndjson:3", Event("7", "a.ndjson", 3))
	assert.Equal(t, "event at a.ndjson:3", Event("", "a.ndjson", 3))
	assert.NotContains(t, Event("\x1b[31m", "a\nb", 3), "\x1b")
	assert.NotContains(t, Event("\x1b[31m", "a\nb", 3), "\n")
}

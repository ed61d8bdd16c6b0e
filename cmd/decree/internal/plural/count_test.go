package plural

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCount(t *testing.T) {
	assert.Equal(t, "0 events", Count(0, "event"))
	assert.Equal(t, "1 event", Count(1, "event"))
	assert.Equal(t, "2 matches", Count(2, "match"))
	assert.Equal(t, "2 processes", Count(2, "process"))
}

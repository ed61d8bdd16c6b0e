package table

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestProse(t *testing.T) {
	assert.Equal(t, "one two\nthree\n\n    an example stays whole\n", Prose("one two three\n\n    an example stays whole\n", 10))
}

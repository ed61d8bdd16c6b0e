package engine

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestLower compares with the standard library at every byte and at every place in a word.
func TestLower(t *testing.T) {
	var all strings.Builder
	for c := range 0x80 {
		all.WriteByte(byte(c))
	}
	var f foldedSlot
	for cut := range 20 {
		text := all.String()[cut:]
		assert.Equal(t, strings.ToLower(text), f.lower(text))
	}
}

package findings

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/diag"
)

func TestFew(t *testing.T) {
	var found diag.Diagnostics
	for range 4 {
		found.Warnf("b", diag.Range{}, "", "b")
		found.Errorf("e", diag.Range{}, "", "e")
	}
	found.Warnf("a", diag.Range{}, "", "a")
	for range 6 {
		found.Warnf("c", diag.Range{}, "", "c")
	}
	kept, left := few(found, 2)
	assert.Equal(t, "4 c, 2 b", left)
	assert.Len(t, kept, 4+2+1+2)
	kept, left = few(kept, 2)
	assert.Empty(t, left)
	assert.Len(t, kept, 9)
}

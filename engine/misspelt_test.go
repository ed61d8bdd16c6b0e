package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestFewNamesOfAnEventAreCompared, however many and long they are.
func TestFewNamesOfAnEventAreCompared(t *testing.T) {
	text := `{"` + strings.Repeat("a", longestName+1) + `": 1, "b": 1`
	for i := range 10 * mostNames {
		text += fmt.Sprintf(`, "c%d": 1`, i)
	}
	names := namesBelow([]byte(text + "}"))
	assert.Len(t, names, mostNames)
	assert.Equal(t, "b", names[0])
	assert.Empty(t, namesBelow([]byte("[1]")))
}

package compilers

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/compilers/logic"
)

func TestLongListsAreBrokenBetweenValues(t *testing.T) {
	values := make([]string, 40)
	for i := range values {
		values[i] = `"powershell.exe"`
	}
	got := Fill(values, "    ")
	for _, line := range strings.Split(got, "\n") {
		assert.LessOrEqual(t, len(line), logic.LineWidth+1)
	}
	assert.Equal(t, strings.Join(values, ", "), strings.Join(strings.Fields(got), " "))
}

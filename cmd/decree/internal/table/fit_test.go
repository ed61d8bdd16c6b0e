package table

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFit(t *testing.T) {
	rows := [][]string{{"field", "note"}, {"Image", "one two three four five"}, {"User", ""}}
	for columns, want := range map[int]string{
		0:  "FIELD  NOTE\nImage  one two three four five\nUser\n",
		80: "FIELD  NOTE\nImage  one two three four five\nUser\n",
		28: "FIELD  NOTE\nImage  one two three four\n       five\nUser\n",
		14: "FIELD\nImage\n  one two\n  three four\n  five\nUser\n",
		4:  "FIE…\nIma…\n  one two three four five\nUser\n",
	} {
		var b strings.Builder
		require.NoError(t, Fit(&b, columns, rows))
		assert.Equal(t, want, b.String(), columns)
		for line := range strings.SplitSeq(b.String(), "\n") {
			if columns > 4 { // where even an indent takes half a line, nothing is broken
				assert.LessOrEqual(t, uniseg.StringWidth(line), columns)
			}
		}
	}
}

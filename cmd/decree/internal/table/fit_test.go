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
		11: "FIELD\nImage\n  one two\n  three\n  four five\nUser\n",
		0:  "FIELD  NOTE\nImage  one two three four five\nUser\n",
		80: "FIELD  NOTE\nImage  one two three four five\nUser\n",
		28: "FIELD  NOTE\nImage  one two three four\n       five\nUser\n",
		14: "FIELD\nImage\n  one two\n  three four\n  five\nUser\n",
	} {
		var b strings.Builder
		require.NoError(t, Fit(&b, columns, rows))
		assert.Equal(t, want, b.String(), columns)
		for line := range strings.SplitSeq(b.String(), "\n") {
			if columns > 0 {
				assert.LessOrEqual(t, uniseg.StringWidth(line), columns)
			}
		}
	}
}

// TestFitLeavesNothingOut: what does not fit beside the first cells stands below them.
func TestFitLeavesNothingOut(t *testing.T) {
	rows := [][]string{{"field", "model", "column", "held"}, {"Company", "mde", "ProcessVersionInfoCompanyName", "nearly"}, {"Image", "mde", "FolderPath", ""}}
	var b strings.Builder
	require.NoError(t, Fit(&b, 40, rows))
	assert.Equal(t, `FIELD    MODEL  COLUMN
Company  mde
  ProcessVersionInfoCompanyName
  nearly
Image    mde    FolderPath
`, b.String())
	b.Reset()
	require.NoError(t, Fit(&b, 24, rows))
	assert.Equal(t, `FIELD    MODEL  COLUMN
Company  mde
  ProcessVersionInfoComp
  anyName
  nearly
Image    mde
  FolderPath
`, b.String())
	assert.Error(t, Fit(broken{}, 24, rows))
}

package diag

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBelow(t *testing.T) {
	elsewhere, err := filepath.Abs("a.yml")
	assert.NoError(t, err)
	found := Diagnostics{{Range: Range{File: "rules/a.yml"}}, {Range: Range{File: "../decree.yml"}}, {Range: Range{File: elsewhere}}, {}}
	var files []string
	for _, d := range found.Below("team/detections") {
		files = append(files, d.Range.File)
	}
	assert.Equal(t, []string{"team/detections/rules/a.yml", "team/decree.yml", elsewhere, ""}, files)
	assert.Equal(t, "rules/a.yml", found[0].Range.File, "the findings are copied")
	assert.Equal(t, found, found.Below(""))
}

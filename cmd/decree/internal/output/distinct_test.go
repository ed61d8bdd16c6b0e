package output

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDistinct: two flags do not write one file, under whatever names, whether it exists or not.
func TestDistinct(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	require.NoError(t, os.WriteFile("old", nil, 0o600))
	require.NoError(t, os.Link("old", "alias"))
	for _, pair := range [][2]string{{"new", "new"}, {"new", "./new"}, {filepath.Join(dir, "new"), "new"}, {"old", "alias"}} {
		err := Distinct(map[string]string{"out": pair[0], "html": pair[1]})
		assert.EqualError(t, err, "--html and --out both name "+pair[0]+": choose another name for one of them", pair)
	}
	for _, pair := range [][2]string{{"", ""}, {"new", ""}, {"new", "other"}, {"old", "new"}, {"new", "old"}, {os.DevNull, os.DevNull}} {
		assert.NoError(t, Distinct(map[string]string{"out": pair[0], "html": pair[1]}), pair)
	}
}

package output

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExistingFilesAreNamedEachOnALine(t *testing.T) {
	dir := t.TempDir()
	a, b, missing := filepath.Join(dir, "a"), filepath.Join(dir, "b\x1b"), filepath.Join(dir, "c")
	shown := `b\x1b`
	if runtime.GOOS == "windows" { // its names have no control characters
		b, shown = filepath.Join(dir, "b"), "b"
	}
	for _, path := range []string{a, b} {
		require.NoError(t, os.WriteFile(path, nil, 0o600))
	}
	_, err := Existing([]string{a, missing, b}, false)
	assert.EqualError(t, err, "nothing is written, because these files are there:\n  "+a+"\n  "+filepath.Join(dir, shown)+"\n--keep keeps them and writes the others")
	there, err := Existing([]string{a, missing, b}, true)
	require.NoError(t, err)
	assert.Equal(t, map[string]bool{a: true, b: true}, there)
	there, err = Existing([]string{missing}, false)
	require.NoError(t, err)
	assert.Empty(t, there)
	_, err = Existing([]string{"\x00"}, true)
	assert.Error(t, err, "no name of a file")
}

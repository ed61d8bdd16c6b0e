package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFolderIsReplaced holds that a folder has exactly the new files: one that did not change is the same
// file still, one that did is another, and what is no longer written is gone.
func TestFolderIsReplaced(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	require.NoError(t, writeFolder(dir, []outFile{{"a/same", "1\n"}, {"a/changed", "1\n"}, {"b/gone", "1\n"}}))
	stat := func(name string) os.FileInfo {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		return info
	}
	same, changed := stat("a/same"), stat("a/changed")

	require.NoError(t, writeFolder(dir, []outFile{{"a/same", "1"}, {"a/changed", "2\n"}, {"c/fresh", "1\n"}}))
	assert.True(t, os.SameFile(same, stat("a/same")))
	assert.False(t, os.SameFile(changed, stat("a/changed")))
	for name, want := range map[string]string{"a/same": "1\n", "a/changed": "2\n", "c/fresh": "1\n"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Equal(t, want, string(text), name)
	}
	assert.NoDirExists(t, filepath.Join(dir, "b"))
	beside, err := os.ReadDir(filepath.Dir(dir))
	require.NoError(t, err)
	assert.Len(t, beside, 1, "what was written on the way is left behind")
}

// TestUnchangedLinksAreNotKept holds that a symbolic link in the folder is replaced by a file.
func TestUnchangedLinksAreNotKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	require.NoError(t, writeFolder(dir, []outFile{{"a", "1\n"}}))
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	require.NoError(t, os.WriteFile(elsewhere, []byte("1\n"), 0o644))
	require.NoError(t, os.Remove(filepath.Join(dir, "a")))
	require.NoError(t, os.Symlink(elsewhere, filepath.Join(dir, "a")))

	require.NoError(t, writeFolder(dir, []outFile{{"a", "1\n"}}))
	info, err := os.Lstat(filepath.Join(dir, "a"))
	require.NoError(t, err)
	assert.True(t, info.Mode().IsRegular())
}

func TestTwoFilesOfOneName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	assert.ErrorContains(t, writeFolder(dir, []outFile{{"a", "1"}, {"a", "2"}}), "two rules want the same file")
	assert.NoDirExists(t, dir)
}

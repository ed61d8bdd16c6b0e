package source

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNearby reads files of several folders in turn, as many readers do at once.
func TestNearby(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for i := range 40 {
		file := fmt.Sprintf("a/%d/%d.yml", i%4, i)
		at := filepath.Join(dir, filepath.FromSlash(file))
		require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o700))
		require.NoError(t, os.WriteFile(at, []byte(file), 0o600))
		files = append(files, file)
	}
	folder, err := OpenFolder(dir)
	require.NoError(t, err)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for _, file := range files {
				text, err := folder.Read(file)
				assert.NoError(t, err, file)
				assert.Equal(t, file, string(text))
			}
		})
	}
	readers.Wait()
	assert.Equal(t, 1, folder.near.last.used, "the folder that was used last is kept, and no other")
}

// TestNearbyRefuses reads what is not a file, and through links.
func TestNearbyRefuses(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	require.NoError(t, os.MkdirAll(filepath.Join(in, "a"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(in, "x.yml"), []byte("x"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secret.yml"), []byte("s"), 0o600))
	folder, err := OpenFolder(in)
	require.NoError(t, err)
	for _, file := range []string{"a", "a/none.yml", "none/x.yml", "x.yml/y.yml", "../secret.yml", "a/../../secret.yml", "/x.yml", "", "none/../x.yml", "a/../x.yml", ".//x.yml", "./x.yml", "x.yml/"} {
		_, err := folder.Read(file)
		assert.Error(t, err, file)
	}
	require.NoError(t, os.Symlink(filepath.Join("..", "x.yml"), filepath.Join(in, "a", "x.yml")))
	require.NoError(t, os.Symlink(filepath.Join("..", "..", "secret.yml"), filepath.Join(in, "a", "secret.yml")))
	require.NoError(t, os.Symlink(dir, filepath.Join(in, "out")))
	text, err := folder.Read("a/x.yml")
	require.NoError(t, err, "the link leads out of its own folder, not out of the tree")
	assert.Equal(t, "x", string(text))
	for _, file := range []string{"a/secret.yml", "out/secret.yml"} {
		_, err := folder.Read(file)
		assert.ErrorIs(t, err, errOutside, file)
	}
}

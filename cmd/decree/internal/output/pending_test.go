package output

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWrite(t *testing.T) {
	at := filepath.Join(t.TempDir(), "report")
	require.NoError(t, Write(at, []byte("1"), false))
	require.NoError(t, os.Chmod(at, 0o600))
	link := at + ".link"
	require.NoError(t, os.Symlink("report", link))
	require.NoError(t, Write(link, []byte("2"), false))
	assert.Equal(t, "2", read(t, at))
	info, err := os.Stat(at)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	require.NoError(t, os.Chmod(at, 0o400))
	assert.ErrorContains(t, Write(at, []byte("3"), false), "write-protected: --force")
	assert.Equal(t, "2", read(t, at))
	require.NoError(t, Write(at, []byte("3"), true))
	assert.Equal(t, "3", read(t, at))
	assert.ErrorContains(t, Write(filepath.Dir(at), nil, false), "it is a folder")
	assert.ErrorContains(t, Write(filepath.Join(at, "below"), nil, false), "cannot write")
	require.NoError(t, os.Symlink("circle", filepath.Join(filepath.Dir(at), "circle")))
	assert.ErrorContains(t, Write(filepath.Join(filepath.Dir(at), "circle"), nil, false), "symbolic links form a loop")
	require.NoError(t, Write(os.DevNull, []byte("1"), false))
	info, err = os.Stat(os.DevNull)
	require.NoError(t, err)
	assert.False(t, info.Mode().IsRegular(), "a device is written, not replaced")
}

func TestDiscard(t *testing.T) {
	dir := t.TempDir()
	at := filepath.Join(dir, "report")
	require.NoError(t, Write(at, []byte("1"), false))
	p, err := Create(at, false)
	require.NoError(t, err)
	_, err = p.WriteString("2")
	require.NoError(t, err)
	require.NoError(t, p.Discard())
	require.NoError(t, p.Discard())
	assert.Equal(t, "1", read(t, at))
	assert.Equal(t, []string{"report"}, names(t, dir))
}

func TestPendingFilesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	p, err := Create(filepath.Join(dir, "report"), false)
	require.NoError(t, err)
	require.Len(t, names(t, dir), 1)
	RemovePending()
	assert.Empty(t, names(t, dir))
	assert.Error(t, p.Discard(), "it is gone")
}

// TestInterruptionsAreAnswered: an interruption that the command answers removes nothing.
func TestInterruptionsAreAnswered(t *testing.T) {
	end := AnswerInterruptions()
	p, err := Create(filepath.Join(t.TempDir(), "report"), false)
	require.NoError(t, err)
	assert.True(t, watched.answered)
	end()
	assert.False(t, watched.answered)
	end() // may be called twice
	require.NoError(t, p.Discard())
}

package output

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
)

func TestRedirectWritesAWholeFileOrNone(t *testing.T) {
	at := filepath.Join(t.TempDir(), "out.txt")
	s, out, _ := clitest.Streams("")
	s.OutTerminal, s.Columns = true, 80
	to, err := Redirect(s, at, false)
	require.NoError(t, err)
	assert.False(t, to.OutTerminal, "a file has no colours")
	assert.Zero(t, to.Columns)
	fmt.Fprint(to.Out, "one")
	_, err = os.Stat(at)
	require.Error(t, err, "not before it is whole")
	require.NoError(t, to.Commit())
	require.NoError(t, to.Discard())
	text, err := os.ReadFile(at)
	require.NoError(t, err)
	assert.Equal(t, "one", string(text))
	assert.Empty(t, out.String())

	_, err = Redirect(s, at, false)
	assert.EqualError(t, err, "cannot write "+at+": it exists: --force overwrites it")
	to, err = Redirect(s, at, true)
	require.NoError(t, err)
	fmt.Fprint(to.Out, "two")
	require.NoError(t, to.Discard())
	text, err = os.ReadFile(at)
	require.NoError(t, err)
	assert.Equal(t, "one", string(text))
}

func TestRedirectWithoutAPathIsStandardOutput(t *testing.T) {
	s, out, _ := clitest.Streams("")
	to, err := Redirect(s, "", false)
	require.NoError(t, err)
	fmt.Fprint(to.Out, "shown")
	require.NoError(t, to.Discard())
	require.NoError(t, to.Commit())
	assert.Equal(t, "shown", out.String())
}

func TestRedirectSaysWhereItCannotWrite(t *testing.T) {
	s, _, _ := clitest.Streams("")
	folder := t.TempDir()
	for _, path := range []string{folder, filepath.Join(folder, "none", "out.txt")} {
		_, err := Redirect(s, path, false)
		assert.ErrorContains(t, err, "cannot write "+path)
	}
}

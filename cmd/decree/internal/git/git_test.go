package git

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/tests/fixture"
)

func TestRun(t *testing.T) {
	fixture.Tool(t, "git")
	dir := t.TempDir()
	_, err := Run(dir, "rev-parse", "HEAD")
	assert.ErrorContains(t, err, "git: fatal: not a git repository")
	_, err = Run(dir, "init", "-q")
	require.NoError(t, err)
	out, err := Run(dir, "rev-parse", "--is-shallow-repository")
	require.NoError(t, err)
	assert.Equal(t, "false\n", out)
	_, err = Run(dir, "rev-parse", "--verify", "--quiet", "HEAD")
	var silent *exec.ExitError
	assert.ErrorAs(t, err, &silent)
}

// TestRefusals holds that what git says in several lines is one line, as every error is.
func TestRefusals(t *testing.T) {
	fixture.Tool(t, "git")
	_, err := Run(t.TempDir(), "log", "--no-such-flag")
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "\n")
	assert.NotContains(t, err.Error(), `\n`)
	assert.False(t, Shallow(t.TempDir()))
}

func TestBelow(t *testing.T) {
	top := t.TempDir()
	within := filepath.Join(top, "team", "rules")
	require.NoError(t, os.MkdirAll(within, 0o755))
	_, ok := Below(within)
	assert.False(t, ok, "no repository")
	require.NoError(t, os.WriteFile(filepath.Join(top, ".git"), []byte("gitdir: elsewhere\n"), 0o600)) // as in a worktree
	path, ok := Below(within)
	assert.True(t, ok)
	assert.Equal(t, "team/rules", path)
	path, ok = Below(top)
	assert.True(t, ok)
	assert.Empty(t, path)
}

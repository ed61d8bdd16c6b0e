package git

import (
	"os/exec"
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

package conformance

import (
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestKeptTools: a process answers one question after the other, and the error of one that does not tells what it
// wrote.
func TestKeptTools(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		missing(t, "Python is not installed: apt-get install python3")
	}
	running := func(program string) *kept {
		return &kept{command: func() (*exec.Cmd, error) { return exec.Command("python3", "-c", program), nil }}
	}
	long := strings.Repeat("x", 1<<20) // more than a pipe holds

	answering := running("import sys\nfor at, line in enumerate(sys.stdin): print(at, flush=True)")
	for want := range 2 {
		var got int
		require.NoError(t, answering.tell(long, &got))
		assert.Equal(t, want, got)
	}
	assert.Len(t, answering.idle, 1)

	for name, program := range map[string]string{
		"another answer":      "import sys\nfor line in sys.stdin: print('not a number', file=sys.stderr, flush=True); print('[]', flush=True)",
		"no JSON, and much":   "import sys\nfor line in sys.stdin: print('not a number', file=sys.stderr, flush=True); print('x' * (1 << 20), flush=True)",
		"none, and an end":    "import sys\nsys.stdin.readline()\nsys.exit('not a number')",
		"an end at the start": "import sys\nsys.exit('not a number')",
	} {
		t.Run(name, func(t *testing.T) {
			failing := running(program)
			var got int
			assert.ErrorContains(t, failing.tell(long, &got), "\nnot a number\n")
			assert.Empty(t, failing.idle)
		})
	}
	assert.Error(t, (&kept{command: func() (*exec.Cmd, error) { return exec.Command("./no-such-program"), nil }}).tell("", nil))
	assert.ErrorIs(t, (&kept{command: func() (*exec.Cmd, error) { return nil, exec.ErrNotFound }}).tell("", nil), exec.ErrNotFound)
}

// TestNoFolderForAnInterpreter: without a folder to try it in, an interpreter is not called missing.
func TestNoFolderForAnInterpreter(t *testing.T) {
	for _, name := range []string{"TMPDIR", "TMP"} {
		t.Setenv(name, filepath.Join(t.TempDir(), "none"))
	}
	_, err := interpreter("import nothing_of_this_name")
	assert.ErrorIs(t, err, fs.ErrNotExist)
}

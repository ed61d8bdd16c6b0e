package source

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAMissingPathSuggestsTheClosest(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"rules/windows/task.yml", "rules/windows/task.test.yml", "rules/windows/logon.yml", "events/a.ndjson", "deep/er/x", ".hidden/y"} {
		at := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
		require.NoError(t, os.WriteFile(at, nil, 0o600))
	}
	for _, c := range []struct{ in, path, near string }{
		{".", "rules/windows/tsk.yml", "rules/windows/task.yml"},
		{".", "rules/windows/task.yaml", "rules/windows/task.yml"},
		{".", "rules/windows/xxxxx.yml", ""}, // only the end of the name is alike
		{".", "./event", "events"},
		{".", "rules/windws/task.yml", "rules/windows/task.yml"},
		{".", "rules/windws/quite_another.yml", ""}, // nothing of that name is below the closest folder
		{".", "hidden", ""},
		{".", "nothing_like_it", ""},
		{".", "deep/er/x/y", ""}, // x is a file
		{"deep/er", "rules/windows/task.yml", "../../rules/windows/task.yml"},
		{"deep/er", "../../rule/windows/task.yml", "../../rules/windows/task.yml"},
		{".", filepath.Join(dir, "event"), filepath.Join(dir, "events")},
	} {
		t.Chdir(filepath.Join(dir, c.in))
		err := NotFound(c.path)
		want := c.path + ": no such file or folder"
		if c.near != "" {
			want += "; did you mean " + filepath.FromSlash(c.near) + "?"
		}
		assert.EqualError(t, err, want)
		assert.ErrorIs(t, err, fs.ErrNotExist)
	}
}

// TestStreams: standard input and pipes have several names, and are no rules under any of them.
func TestStreams(t *testing.T) {
	for path, want := range map[string]string{
		"-": "standard input", "/dev/stdin": "standard input", "/dev/../dev/stdin": "standard input", "/dev/fd/0": "standard input", "/proc/self/fd/0": "standard input",
		"/proc/12/fd/0": "standard input", "/dev/fd/63": "a pipe", "/proc/self/fd/12": "a pipe",
	} {
		err := Streamed(path, 0)
		assert.EqualError(t, err, path+": rules are files, and "+want+" is read for events alone")
		assert.ErrorIs(t, err, fs.ErrNotExist)
	}
	assert.EqualError(t, Streamed("mine", fs.ModeNamedPipe), "mine: rules are files, and a pipe is read for events alone")
	for _, path := range []string{"rule.yml", "dev/stdin", "fd/0", "/dev/fd", "/dev/null", "/dev/fd/0/x"} {
		assert.NoError(t, Streamed(path, 0), path)
	}
}

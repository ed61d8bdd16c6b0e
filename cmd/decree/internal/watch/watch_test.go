package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/exit"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWatch gives one snapshot after the other: a run follows the first and each that differs.
func TestWatch(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	snapshots := []string{"a", "a", "b", "gone", "b", "c", "c"}
	ticks := make(chan time.Time, len(snapshots))
	var ran []string
	var told []string
	at := 0
	require.NoError(t, watch(ctx, ticks, func() (string, error) {
		now := snapshots[at]
		if at++; at == len(snapshots) {
			stop()
		} else {
			ticks <- time.Time{}
		}
		if now == "gone" {
			return "", errors.New("gone")
		}
		return now, nil
	}, func() error {
		ran = append(ran, snapshots[at-1])
		if len(ran) == 2 {
			return errors.New("broken")
		}
		return exit.ErrFindings
	}, func(err error) { told = append(told, err.Error()) }))
	assert.Equal(t, []string{"a", "b", "c"}, ran)
	assert.Equal(t, []string{"broken", "gone"}, told)
}

func TestSnapshotsDiffer(t *testing.T) {
	dir := t.TempDir()
	look := func() string {
		text, err := snapshot([]string{dir})
		require.NoError(t, err)
		return text
	}
	write := func(name, text string) {
		file := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	write("a.yml", "1")
	first := look()
	assert.Equal(t, first, look())
	write(".git/index", "x")
	assert.Equal(t, first, look(), "git's own files are not rules")
	write("b/c.yml", "1")
	second := look()
	assert.NotEqual(t, first, second)
	write("a.yml", "12")
	assert.NotEqual(t, second, look())
	_, err := snapshot([]string{filepath.Join(dir, "none")})
	assert.Error(t, err)
}

// TestRunEndsWithAnInterrupt: the user ends it, which is not an error.
func TestRunEndsWithAnInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot interrupt itself")
	}
	dir := t.TempDir()
	s, _, errs := clitest.Streams("")
	ran := 0
	require.NoError(t, Run(s, []string{dir}, func() error {
		if ran++; ran == 1 {
			return errors.Join(errors.New("broken\x1b"), os.WriteFile(filepath.Join(dir, "new.yml"), nil, 0o644))
		}
		self, err := os.FindProcess(os.Getpid())
		require.NoError(t, err)
		return self.Signal(os.Interrupt)
	}))
	assert.Equal(t, 2, ran, "a new file is a change")
	assert.Contains(t, errs.String(), "watching for changes; press Ctrl-C to stop\ndecree: broken")
	assert.NotContains(t, errs.String(), "\x1b")
}

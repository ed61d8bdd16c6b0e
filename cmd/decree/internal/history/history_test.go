package history

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/tests/fixture"
)

// repository makes a repository with two commits, and gives its folder and a function that runs git there.
func repository(t *testing.T) (dir string, run func(...string)) {
	t.Helper()
	fixture.Tool(t, "git")
	dir = t.TempDir()
	run = func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=Zoë", "-c", "user.email=z@example.org"}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_AUTHOR_DATE=2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z", "GIT_CONFIG_GLOBAL=/dev/null")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	run("init", "-q")
	return dir, run
}

func write(t *testing.T, dir, file, text string) {
	t.Helper()
	at := filepath.Join(dir, filepath.FromSlash(file))
	require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
	require.NoError(t, os.WriteFile(at, []byte(text), 0o600))
}

func TestHistory(t *testing.T) {
	dir, run := repository(t)
	known, why, err := Of(dir, "")
	require.NoError(t, err)
	assert.Empty(t, known, "no commit yet")
	assert.Empty(t, why)
	write(t, dir, "rules/a é.yml", "1")
	write(t, dir, "rules/gone.yml", "1")
	write(t, dir, "other.yml", "1")
	run("add", ".")
	run("commit", "-q", "-m", "First\tcommit\n\nbody")
	write(t, dir, "rules/a é.yml", "2")
	run("rm", "-q", "rules/gone.yml")
	run("commit", "-q", "-a", "-m", "Second")
	write(t, dir, "rules/new.yml", "1")

	rules := filepath.Join(dir, "rules")
	known, _, err = Of(rules, "")
	require.NoError(t, err)
	require.Len(t, known["a é.yml"], 2)
	first := known["a é.yml"][1]
	assert.Len(t, first.ID, 10)
	assert.Equal(t, []string{"2026-01-02", "Zoë", "First\tcommit"}, []string{first.Date, first.Author, first.Subject})
	assert.NotContains(t, known, "other.yml")
	since, _, err := Of(rules, "HEAD~1")
	require.NoError(t, err)
	require.Len(t, since["a é.yml"], 1)
	assert.Equal(t, "Second", since["a é.yml"][0].Subject)
	differs, err := Difference(rules, "HEAD~1")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"a é.yml": "M", "gone.yml": "D", "new.yml": "A"}, differs)
	_, err = Difference(rules, "nowhere")
	assert.Error(t, err)
	_, _, err = Of(rules, "nowhere")
	assert.Error(t, err)

	clone := filepath.Join(t.TempDir(), "clone")
	run("clone", "-q", "--depth", "1", "file://"+dir, clone)
	known, why, err = Of(clone, "")
	require.NoError(t, err)
	assert.Empty(t, known)
	assert.Contains(t, why, "shallow")
}

func TestWithoutGitThereIsNoHistory(t *testing.T) {
	t.Setenv("GIT_CEILING_DIRECTORIES", os.TempDir())
	known, why, err := Of(t.TempDir(), "")
	assert.NoError(t, err)
	assert.Empty(t, known)
	assert.Empty(t, why)
	t.Setenv("PATH", t.TempDir())
	_, _, err = Of(t.TempDir(), "")
	assert.NoError(t, err)
}

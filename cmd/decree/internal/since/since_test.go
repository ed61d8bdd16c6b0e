package since

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/git"
	"decree/tests/fixture"
)

func TestChanged(t *testing.T) {
	fixture.Tool(t, "git")
	clitest.Files(t, "-- rules/same.yml --\n1\n-- rules/other.yml --\n1\n-- outside.yml --\n1\n-- .gitignore --\n*.log\n")
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "one"}} {
		_, err := git.Run(".", args...)
		require.NoError(t, err)
	}
	for file, text := range map[string]string{"rules/other.yml": "2", "rules/new.yml": "1", "rules/x.log": "1", "outside.yml": "2"} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	assert.True(t, Tracked("rules", "same.yml"))
	assert.False(t, Tracked("rules", "x.log") || Tracked("rules", "*.yml") || Tracked("..", "outside.yml"))
	changed, err := Changed("rules", "HEAD")
	require.NoError(t, err)
	assert.True(t, changed["other.yml"] && changed["new.yml"])
	assert.False(t, changed["same.yml"] || changed["x.log"] || changed["../outside.yml"])
	assert.Len(t, changed, 3)
	assert.Contains(t, changed, "x.log", "git cannot tell")
	require.NoError(t, os.Remove("rules/same.yml"))
	changed, err = Changed("rules", "HEAD")
	require.NoError(t, err)
	assert.True(t, changed["same.yml"], "a file that is gone")
	text, ok := Text("rules", "HEAD", "same.yml")
	assert.True(t, ok)
	assert.Equal(t, "1\n", string(text))
	_, ok = Text("rules", "HEAD", "new.yml")
	assert.False(t, ok)
	_, err = Changed("rules", "nowhere")
	assert.ErrorContains(t, err, "unknown git revision")
	_, err = Changed("rules", "--help")
	assert.ErrorContains(t, err, "unknown git revision")
}

// TestUnknown: a revision that git does not find is told which forms there are; a folder without git, that it has none.
func TestUnknown(t *testing.T) {
	fixture.Tool(t, "git")
	clitest.Files(t, "-- rules/same.yml --\n1\n")
	_, err := Changed("rules", "HEAD")
	assert.ErrorContains(t, err, "git: fatal: not a git repository")
	_, err = git.Run(".", "init", "-q")
	require.NoError(t, err)
	for _, rev := range []string{"2026-01-31", "7d", ""} {
		_, err = Changed("rules", rev)
		assert.EqualError(t, err, "unknown git revision: name a commit, a tag or a branch (HEAD~3, v1.2, origin/main), or the commit that `git rev-list -1 --before=2026-01-31 HEAD` gives for a day")
	}
}

package ruleset_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
)

func TestPathsWithoutRulesAreErrors(t *testing.T) {
	clitest.Files(t, files+"-- dist/.decree-output --\nkql/a.yml\n-- dist/kql/a.yml --\ntitle: A\n")
	s, _, _ := clitest.Streams("")
	for path, want := range map[string]string{
		"dist":        "dist: no rule files (.yml, .yaml) in this folder but what decree wrote into it: name the folder of the rules that it was made of",
		"nowhere":     "nowhere: no such file or folder, and no rule that decree ships has this name, id or title",
		"no/where":    "no/where: no such file or folder",
		"no*":         "no*: no file matches",
		"windws":      "windws: no such file or folder; did you mean windows?",
		"empty":       "empty: no rule files (.yml, .yaml) in this folder",
		"comment.yml": "no rules in comment.yml",
	} {
		_, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{path}})
		assert.EqualError(t, err, want)
	}
}

// TestATestFileStandsForItsRule in a list of files, as a shell or a hook passes it.
func TestATestFileStandsForItsRule(t *testing.T) {
	clitest.Files(t, files+"-- windows/who.test.yml --\ncases: []\n-- windows/named.test.yml --\ncases: []\n-- windows/gone.test.yml --\ncases: []\n")
	s, _, _ := clitest.Streams("")
	for _, c := range []struct{ given, want []string }{
		{[]string{"windows/who.test.yml"}, []string{"windows/who.yml"}},
		{[]string{"windows/who.test.yml", "windows/who.yml"}, []string{"windows/who.yml"}},
		{[]string{"windows/named.test.yml"}, []string{"windows/named.yaml"}},
		{[]string{"windows/gone.test.yml"}, []string{"windows/gone.test.yml"}}, // no rule is beside it, and a finding says so
	} {
		set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: c.given})
		require.NoError(t, err)
		assert.Equal(t, c.want, slashed(set.OnDisk()))
		assert.Equal(t, len(set.Rules) == 0, set.Found.HasErrors())
	}
}

func TestRoot(t *testing.T) {
	clitest.Files(t, files)
	assert.Equal(t, ".", ruleset.Root("windows"), "the folder with lists")
	assert.Equal(t, ".", filepath.ToSlash(ruleset.Root(".")))
	require.NoError(t, os.RemoveAll("lists"))
	assert.Equal(t, "windows", ruleset.Root("windows"))
}

// TestLinks reads folders through symbolic links: one that the user names is followed, one below it is not, so none
// loops or leads out.
func TestLinks(t *testing.T) {
	clitest.Files(t, files)
	outside := t.TempDir()
	rule, err := os.ReadFile("windows/named.yaml")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(outside, "out.yml"), rule, 0o644))
	require.NoError(t, os.Symlink(outside, "linked"))
	require.NoError(t, os.Symlink("..", "windows/up"))
	set, _ := load(t, ruleset.Filters{}, "linked")
	assert.Len(t, set.Rules, 1)
	set, _ = load(t, ruleset.Filters{}, "windows")
	assert.Len(t, set.Rules, 2)
	require.NoError(t, os.Symlink(filepath.Join(outside, "out.yml"), "windows/leads_out.yml"))
	set, _ = load(t, ruleset.Filters{}, "windows")
	assert.True(t, set.Found.HasErrors(), "a link to a file outside is not read, and not passed over")
}

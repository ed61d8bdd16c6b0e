package evaluation

import (
	"errors"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/rules/schema"
)

func parse(t *testing.T, args ...string) Flags {
	t.Helper()
	var f Flags
	cmd := &cobra.Command{Use: "x", RunE: func(*cobra.Command, []string) error { return nil }}
	f.AddTo(cmd)
	cmd.SetArgs(append([]string{}, args...))
	require.NoError(t, cmd.Execute())
	return f
}

func TestOptions(t *testing.T) {
	clitest.Files(t, "-- known.csv --\nsha1,GlobalPrevalence\naa,5\n")
	f := parse(t)
	opt, err := f.Options(&project.Project{})
	require.NoError(t, err)
	given, choice, err := f.Models(&project.Project{})
	require.NoError(t, err)
	assert.Nil(t, given, "the content of each file decides")
	assert.Equal(t, schema.Recognisable(), choice.Signs())
	assert.Nil(t, opt.Reputation)
	assert.True(t, opt.Now.IsZero())
	f = parse(t, "-m", "mde", "--reputation", "known.csv", "--now", "2026-03-02T12:00:00Z")
	opt, err = f.Options(&project.Project{})
	require.NoError(t, err)
	given, _, err = f.Models(&project.Project{})
	require.NoError(t, err)
	assert.Equal(t, "mde", given.Name)
	assert.NotNil(t, opt.Reputation)
	assert.Equal(t, time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), opt.Now)
}

// TestModelsOfAProjectTakePartInTheChoice, before the shipped ones.
func TestModelsOfAProjectTakePartInTheChoice(t *testing.T) {
	clitest.Files(t, "-- told.yml --\nname: told\nextends: windows\nrecognise: [{fields: [cmdline]}]\n-- broken.yml --\nname: broken\nextend: windows\n")
	given, choice, err := (&Flags{}).Models(&project.Project{Models: []project.Model{{Name: "told", File: "told.yml"}}})
	require.NoError(t, err)
	assert.Nil(t, given)
	assert.Equal(t, "told", choice.Signs()[0].Model)
	_, _, err = (&Flags{}).Models(&project.Project{Models: []project.Model{{Name: "broken", File: "broken.yml"}}})
	assert.ErrorContains(t, err, "broken.yml")
}

// TestAModelFileMayTakePartInTheChoice: one that says how its events are recognised does, before the shipped models.
// Any other is that of all events.
func TestAModelFileMayTakePartInTheChoice(t *testing.T) {
	clitest.Files(t, "-- told.yml --\nname: told\nextends: windows\nrecognise: [{fields: [cmdline]}]\n-- plain.yml --\nname: plain\nextends: windows\n")
	given, choice, err := (&Flags{ModelFile: "told.yml"}).Models(&project.Project{})
	require.NoError(t, err)
	assert.Nil(t, given)
	assert.Equal(t, "told", choice.Signs()[0].Model)
	assert.Len(t, choice.Signs(), len(schema.Recognisable())+1)
	m, err := choice.Load("told")
	require.NoError(t, err)
	assert.Equal(t, "told", m.Name)
	for _, f := range []Flags{{ModelFile: "plain.yml"}, {ModelFile: "told.yml", Model: "windows"}} {
		given, _, err = f.Models(&project.Project{})
		require.NoError(t, err)
		assert.NotNil(t, given)
	}
}

// TestAReputationTableMayHaveColumnsOfAModelFile, also such that are like one of a shipped model.
func TestAReputationTableMayHaveColumnsOfAModelFile(t *testing.T) {
	clitest.Files(t, "-- own.yml --\nname: own\nextends: ecs\nsources: [{name: process_creation, reputation: {global: GlobalPrevalance}}]\n-- known.csv --\nsha1,GlobalPrevalance\naa,5\n")
	_, err := (&Flags{Reputation: "known.csv"}).Options(&project.Project{})
	assert.ErrorContains(t, err, "did you mean `GlobalPrevalence`?")
	_, err = (&Flags{Reputation: "known.csv", ModelFile: "own.yml"}).Options(&project.Project{})
	assert.NoError(t, err)
	_, err = (&Flags{Reputation: "known.csv"}).Options(&project.Project{Models: []project.Model{{Name: "own", File: "own.yml"}}})
	assert.NoError(t, err)
	_, err = (&Flags{Reputation: "known.csv"}).Options(&project.Project{Models: []project.Model{{Name: "none", File: "none.yml"}}})
	assert.ErrorContains(t, err, "none.yml")
}

func TestWrongOptions(t *testing.T) {
	clitest.Files(t, "-- x --\n")
	for want, args := range map[string][]string{
		`unknown model "mdee"`: {"-m", "mdee"},
		"none.yml":             {"--model-file", "none.yml"},
		"none.csv":             {"--reputation", "none.csv"},
		"--now yesterday is not an RFC 3339 time: write it as 2026-03-02T12:00:00Z": {"--now", "yesterday"},
	} {
		f := parse(t, args...)
		_, err := f.Options(&project.Project{})
		_, _, ofModel := f.Models(&project.Project{})
		assert.ErrorContains(t, errors.Join(err, ofModel), want)
	}
}

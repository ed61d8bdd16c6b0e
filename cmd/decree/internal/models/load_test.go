package models

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
)

func TestLoad(t *testing.T) {
	clitest.Files(t, "-- own.yml --\nname: own\nextends: mde\n-- folder/x --\n")
	none := &project.Project{}
	m, err := Load(none, "mde", "")
	require.NoError(t, err)
	assert.Equal(t, "mde", m.Name)
	m, err = Load(none, "mde", "own.yml")
	require.NoError(t, err)
	assert.Equal(t, "own", m.Name)
	own := &project.Project{Models: []project.Model{{Name: "mde", File: "own.yml"}}}
	m, err = Load(own, "mde", "")
	require.NoError(t, err)
	assert.Equal(t, "own", m.Name, "the project's own comes first")
	_, err = Load(none, "mdee", "")
	assert.ErrorContains(t, err, `unknown model "mdee"`)
	assert.ErrorContains(t, err, `did you mean "mde"?`)
	_, err = Load(none, "", "folder")
	assert.EqualError(t, err, "--model-file folder: not a regular file")
	_, err = Load(none, "", "none.yml")
	assert.ErrorContains(t, err, "none.yml")
}

func TestWordsThatPeopleHaveForAModel(t *testing.T) {
	for _, word := range []string{"evtx", "sysmon", "windows"} {
		m, err := Load(&project.Project{}, word, "")
		require.NoError(t, err)
		assert.Equal(t, "windows", m.Name, word)
	}
}

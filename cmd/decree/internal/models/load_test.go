package models

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
)

func TestLoad(t *testing.T) {
	clitest.Files(t, "-- own.yml --\nname: own\nextends: mde\n-- folder/x --\n")
	m, err := Load("mde", "")
	require.NoError(t, err)
	assert.Equal(t, "mde", m.Name)
	m, err = Load("mde", "own.yml")
	require.NoError(t, err)
	assert.Equal(t, "own", m.Name)
	_, err = Load("mdee", "")
	assert.ErrorContains(t, err, `unknown model "mdee"`)
	assert.ErrorContains(t, err, `did you mean "mde"?`)
	_, err = Load("", "folder")
	assert.EqualError(t, err, "--model-file folder: not a regular file")
	_, err = Load("", "none.yml")
	assert.ErrorContains(t, err, "none.yml")
}

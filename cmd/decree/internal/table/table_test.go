package table

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var rows = [][]string{{"Name", "Count"}, {"a|b", "1"}, {"longer", "<2>"}}

func TestText(t *testing.T) {
	var out strings.Builder
	require.NoError(t, Text(&out, rows))
	assert.Equal(t, "NAME    COUNT\na|b     1\nlonger  <2>\n", out.String())
}

func TestMarkdown(t *testing.T) {
	var out strings.Builder
	require.NoError(t, Markdown(&out, rows))
	assert.Equal(t, "| Name | Count |\n|---|---|\n| a\\|b | 1 |\n| longer | &lt;2> |\n", out.String())
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken") }

func TestErrorsOfTheWriter(t *testing.T) {
	assert.ErrorContains(t, Text(broken{}, rows), "broken")
	assert.ErrorContains(t, Markdown(broken{}, rows), "broken")
}

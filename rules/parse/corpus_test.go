package parse

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/diag"
	"decree/rules/source"
	"decree/tests/fixture"
)

func TestEveryPublicRuleParses(t *testing.T) {
	folder, err := source.OpenFolder(fixture.Corpus(t, "sigmahq", "rules"))
	require.NoError(t, err)
	files, _, err := RuleFiles(folder, ".")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	parsed := 0
	for _, f := range files {
		rs, found := RulesIn(folder, f)
		for _, d := range found {
			assert.NotEqual(t, diag.Error, d.Severity, "%s", d.Error())
		}
		parsed += len(rs)
	}
	assert.Equal(t, len(files), parsed)
}

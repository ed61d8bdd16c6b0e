package packaging_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/packaging"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/targets"
)

// TestMake packages one rule for two targets: other ids, the same but for that.
func TestMake(t *testing.T) {
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Library: true})
	require.NoError(t, err)
	chosen, err := targets.ChoosePackages([]targets.Target{
		{Name: "a", Dialect: targets.Dialects[0], Package: "sentinel"}, {Name: "b", Dialect: targets.Dialects[0], Package: "sentinel"}}, nil)
	require.NoError(t, err)
	made, err := packaging.Make(set, chosen, queries.Options{}, func(t targets.Target) string { return t.Name + "/package" })
	require.NoError(t, err)
	require.Len(t, made.Packages, 4)
	assert.Equal(t, "a", made.Packages[0].Target)
	assert.Equal(t, "b", made.Packages[2].Target)
	assert.Equal(t, made.Packages[0].RuleID, made.Packages[2].RuleID)
	assert.NotEqual(t, made.Packages[0].ID, made.Packages[2].ID)
	assert.Equal(t, "a/package/sql_server_suspicious_child.yaml", made.Packages[0].Files[0])
	assert.NotEmpty(t, made.Files[0].From)
	assert.Equal(t, 10, len(made.Files))
}

package ruleset_test

import (
	"os"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/ruleset"
)

// TestNamesOfRulesAreCompleted with files and folders beside them; the shell completes the rest of a path.
func TestNamesOfRulesAreCompleted(t *testing.T) {
	clitest.Files(t, `
-- decree.yml --
rules: [rules]
-- rules/one.yml --
title: First
id: 7d0e7f36-7b1f-4c0e-9a55-1c1c64a4a0f1
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
-- rules/two.yml --
title: Second
name: other
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
-- one.yaml --
-- one.txt --
-- .hidden.yml --
-- more/x --
`)
	const files, noSpace = cobra.ShellCompDirectiveDefault, cobra.ShellCompDirectiveNoSpace
	var sel ruleset.Selection
	taken := func(from int, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		cmd := &cobra.Command{}
		sel.CompleteArgs(cmd, from)
		return cmd.ValidArgsFunction(cmd, args, begun)
	}
	for begun, want := range map[string][]string{
		"":        {"one\tFirst", "other\tSecond", "decree.yml", "one.yaml", "more/", "rules/"},
		"o":       {"one\tFirst", "other\tSecond", "one.yaml"},
		"two":     nil, // it has a name
		"7d0e":    {"7d0e7f36-7b1f-4c0e-9a55-1c1c64a4a0f1\tFirst"},
		"rules/o": nil,
		".h":      {".hidden.yml"},
	} {
		got, how := taken(0, nil, begun)
		assert.Equal(t, want, got, begun)
		assert.Equal(t, files, how, begun)
	}
	got, how := taken(0, nil, "m")
	assert.Equal(t, []string{"more/"}, got)
	assert.Equal(t, noSpace, how, "the path goes on")
	got, _ = taken(1, nil, "o")
	assert.Empty(t, got, "the export, of diff")
	got, _ = taken(1, []string{"export.json"}, "ot")
	assert.Equal(t, []string{"other\tSecond"}, got)

	cmd := &cobra.Command{}
	cmd.Flags().StringSlice("rules", nil, "")
	sel.CompleteRules(cmd)
	complete, ok := cmd.GetFlagCompletionFunc("rules")
	require.True(t, ok)
	got, _ = complete(cmd, nil, "one,ot")
	assert.Equal(t, []string{"one,other\tSecond"}, got)

	ruleset.CompleteRule(cmd)
	got, _ = cmd.ValidArgsFunction(cmd, nil, "ot")
	assert.Equal(t, []string{"other\tSecond"}, got)
	got, _ = cmd.ValidArgsFunction(cmd, []string{"other"}, "o")
	assert.Empty(t, got, "events come next")

	require.NoError(t, os.Remove("decree.yml"))
	got, _ = taken(0, nil, "o")
	assert.Empty(t, got, "no project has names")
	got, _ = cmd.ValidArgsFunction(cmd, nil, "pass")
	assert.Empty(t, got)
	got, _ = cmd.ValidArgsFunction(cmd, nil, "")
	assert.Greater(t, len(got), 10, "rules that decree ships")
	sel.Library = true
	got, _ = taken(0, nil, "")
	assert.Greater(t, len(got), 10)
}

package usage

import (
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTakenApart(t *testing.T) {
	t.Chdir(t.TempDir())
	cmd := &cobra.Command{Use: "c"}
	cmd.Flags().StringSlice("level", nil, "")
	cmd.Flags().StringSlice("other", nil, "")
	cmd.Flags().String("format", "", "")
	Complete(cmd, "level", These("low", "high"))
	Complete(cmd, "format", These("json"))
	assert.NoError(t, TakenApart(cmd, []string{"high"}), "the flag is not given")
	require.NoError(t, cmd.ParseFlags([]string{"--level", "low", "--other", "x", "--format", "json"}))
	assert.NoError(t, TakenApart(cmd, []string{"x", "json", "."}))
	assert.EqualError(t, TakenApart(cmd, []string{".", "high"}), "high: no such file or folder, but a word of --level: write --level 'low,high', since PowerShell takes a list without quotes apart")
	cmd.ValidArgsFunction = func(_ *cobra.Command, before []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(before) == 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return []string{"higher\tA title", "high\tA title"}, cobra.ShellCompDirectiveDefault
	}
	assert.NoError(t, TakenApart(cmd, []string{".", "high"}), "a name")
	assert.Error(t, TakenApart(cmd, []string{"high", "x"}), "no name here")
	cmd.Annotations = ArgumentsAre("levels")
	assert.NoError(t, TakenApart(cmd, []string{"high"}))
}

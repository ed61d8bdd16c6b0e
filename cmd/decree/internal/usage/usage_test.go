package usage

import (
	"errors"
	"io"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// command is one with a flag of each kind.
func command(least, most int, check func(*cobra.Command, []string) error) *cobra.Command {
	cmd := &cobra.Command{Use: "tool FILE", Args: Arguments(least, most), RunE: check, SilenceErrors: true, SilenceUsage: true}
	cmd.SetOut(io.Discard)
	cmd.SetErr(io.Discard)
	cmd.SetFlagErrorFunc(ExplainFlag)
	return cmd
}

func execute(cmd *cobra.Command, args ...string) string {
	cmd.SetArgs(append([]string{}, args...))
	if err := cmd.Execute(); err != nil {
		return err.Error()
	}
	return ""
}

func TestArguments(t *testing.T) {
	nothing := func(*cobra.Command, []string) error { return nil }
	assert.Empty(t, execute(command(1, -1, nothing), "a", "b", "c"))
	assert.Equal(t, "an argument is missing\nusage: tool FILE [flags]\ntool --help shows examples", execute(command(1, -1, nothing)))
	assert.Contains(t, execute(command(1, 1, nothing), "a", "b"), `unexpected argument "b"`)
}

func TestFlagErrorsSayWhatWouldBeRight(t *testing.T) {
	cmd := command(0, 0, nil)
	var every time.Duration
	AddDuration(cmd.Flags(), &every, "every", "")
	cmd.Flags().Int("lines", 0, "")
	assert.Equal(t, "unknown flag: --evry\ndid you mean --every? tool --help lists the flags", execute(cmd, "--evry", "1h"))
	assert.Equal(t, "unknown flag: --zzzzzz\ntool --help lists the flags", execute(cmd, "--zzzzzz"))
	assert.Contains(t, execute(cmd, "--json"), "\ntool --help lists the flags")
	var format string
	AddFormat(cmd, &format, "text", "json")
	assert.Equal(t, "unknown flag: --json\ndid you mean --format json? tool --help lists the flags", execute(cmd, "--json"))
	assert.Contains(t, execute(cmd, "--every", "5"), "\nwrite a duration such as 30m, 2h or 7d")
	assert.Contains(t, execute(cmd, "--lines", "x"), "\ntool --help lists the flags")
}

func TestBounds(t *testing.T) {
	var lines int
	var share float64
	var every time.Duration
	check := func(cmd *cobra.Command, _ []string) error {
		if err := InBounds(cmd, Bound{Flag: "lines", Value: float64(lines), Least: 1}, Bound{Flag: "share", Value: share, Most: 100}); err != nil {
			return err
		}
		return Positive(cmd, "every", every)
	}
	run := func(args ...string) string {
		cmd := command(0, 0, check)
		cmd.Flags().IntVar(&lines, "lines", 0, "")
		cmd.Flags().Float64Var(&share, "share", -1, "")
		AddDuration(cmd.Flags(), &every, "every", "")
		return execute(cmd, args...)
	}
	assert.Empty(t, run(), "defaults are not checked")
	assert.Empty(t, run("--lines", "1", "--share", "100", "--every", "1s"))
	assert.Equal(t, "--lines 0 is out of range: the minimum is 1", run("--lines", "0"))
	assert.Equal(t, "--share 101 is out of range: write a number from 0 to 100", run("--share", "101"))
	assert.Equal(t, "--every 0s is out of range: write a positive duration, such as 30m or 2h", run("--every", "0s"))
}

func TestFormat(t *testing.T) {
	var format string
	var force, asked bool
	cmd := command(0, 0, func(*cobra.Command, []string) error { return nil })
	cmd.PreRunE = func(*cobra.Command, []string) error { asked = true; return errors.New("before") }
	AddFormat(cmd, &format, "text", "json")
	AddForce(cmd, &force, "with --out")
	assert.Equal(t, "before", execute(cmd, "--format", "json", "--force"), "what was checked before still is")
	assert.True(t, asked && force)
	assert.Equal(t, "json", format)
	assert.Equal(t, `unknown format "jsn" (one of text, json); did you mean "json"?`, execute(cmd, "--format", "jsn"))
	assert.Contains(t, cmd.Flags().Lookup("force").Usage, "with --out: ")
	plain := command(0, 0, func(*cobra.Command, []string) error { return nil })
	AddFormat(plain, &format, "text")
	AddForce(plain, &force, "")
	assert.Empty(t, execute(plain))
}

func TestComplete(t *testing.T) {
	cmd := command(0, 0, nil)
	cmd.Flags().String("target", "", "")
	Complete(cmd, "target", These("kql", "spl", "eql"))
	complete, ok := cmd.GetFlagCompletionFunc("target")
	require.True(t, ok)
	values, _ := complete(cmd, nil, "")
	assert.Equal(t, []string{"kql", "spl", "eql"}, values)
	values, _ = complete(cmd, nil, "kql,s")
	assert.Equal(t, []string{"kql,spl"}, values)
	assert.Panics(t, func() { Complete(cmd, "none", These()) })
}

func TestUnknown(t *testing.T) {
	assert.EqualError(t, UnknownName("gap", "regx", []string{"regex", "cased"}, "see there"), `unknown gap "regx": did you mean "regex"?`)
	assert.EqualError(t, UnknownName("gap", "zzzz", []string{"regex", "cased"}, "see there"), `unknown gap "zzzz": see there`)
	assert.EqualError(t, UnknownChoice("level", "zzzz", []string{"low", "high"}), `unknown level "zzzz" (one of low, high)`)
}

func TestExplain(t *testing.T) {
	for _, c := range []struct {
		args  []string
		code  string
		asked bool
	}{
		{[]string{"a.yml"}, "", false},
		{[]string{"--explain"}, "", true},
		{[]string{"--explain=regex"}, "regex", true},
		{[]string{"--explain", "regex"}, "regex", true},
	} {
		var e Explain
		var code string
		var asked bool
		cmd := command(0, -1, func(_ *cobra.Command, args []string) error { code, asked = e.Code(args); return nil })
		e.AddTo(cmd, "say what a `CODE` means", These("regex"))
		require.Empty(t, execute(cmd, c.args...))
		assert.Equal(t, c.code, code, c.args)
		assert.Equal(t, c.asked, asked, c.args)
	}
}

// TestDurations: flags take the durations that rules take, and Go's.
func TestDurations(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{"90s": 90 * time.Second, "1h30m": 90 * time.Minute, "7d": 7 * day, "2w": 14 * day, "0d": 0} {
		got, err := ParseDuration(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "d", "7", "-1d", "1.5d", "60000w", "7days"} {
		_, err := ParseDuration(text)
		assert.Error(t, err, text)
	}
	for _, text := range []string{"1.5d", "999999d", "w"} {
		_, err := ParseDuration(text)
		assert.EqualError(t, err, `"`+text+`" is no whole number of days or weeks up to 10000`)
	}
}

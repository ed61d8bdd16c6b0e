package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/stdio"
)

// ours gives decree and its own commands.
func ours() []*cobra.Command {
	root := newRoot(&stdio.Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard})
	of := slices.DeleteFunc(slices.Clone(root.Commands()), func(c *cobra.Command) bool { return c.Name() == "help" || c.Name() == "completion" }) // cobra's
	return append([]*cobra.Command{root}, of...)
}

// TestHelp: every command says what it does, when to use it and shows examples, in 80 columns.
func TestHelp(t *testing.T) {
	for _, cmd := range ours() {
		t.Run(cmd.Name(), func(t *testing.T) {
			var help strings.Builder
			cmd.SetOut(&help)
			require.NoError(t, cmd.Help())
			for line := range strings.Lines(help.String()) {
				assert.LessOrEqual(t, len(strings.TrimSuffix(line, "\n")), 80, line)
			}
			assert.NotEmpty(t, cmd.Short)
			if cmd.HasParent() {
				assert.Contains(t, cmd.Long, "Use it ", "when to use the command")
			}
			examples := commandLines(cmd.Example)
			assert.GreaterOrEqual(t, len(examples), 2)
			assert.LessOrEqual(t, len(examples), 4)
		})
	}
}

// TestExitCodes: the script of exit codes runs every command.
func TestExitCodes(t *testing.T) {
	script, err := os.ReadFile("../../tests/cli/exit_codes.txtar")
	require.NoError(t, err)
	for _, cmd := range ours() {
		if cmd.HasParent() {
			assert.Regexp(t, `(?m)^[012] `+cmd.Name()+`( |$)`, string(script))
		}
	}
}

// TestShortFlags: a short flag means the same in every command, and what has one has it in every command.
func TestShortFlags(t *testing.T) {
	meanings := map[string]string{}
	for _, cmd := range ours() {
		cmd.InitDefaultHelpFlag()
		cmd.InitDefaultVersionFlag()
		for letter := 'a'; letter <= 'z'; letter++ {
			if f := cmd.Flags().ShorthandLookup(string(letter)); f != nil {
				before, ok := meanings[f.Shorthand]
				assert.True(t, !ok || before == f.Name, "-%s is --%s of %s and --%s elsewhere", f.Shorthand, f.Name, cmd.Name(), before)
				meanings[f.Shorthand] = f.Name
			}
		}
	}
	assert.Equal(t, map[string]string{"h": "help", "m": "model", "r": "rules", "o": "out", "t": "target", "f": "format", "q": "quiet", "v": "verbose", "e": "event"}, meanings)
	for _, cmd := range ours() {
		for letter, name := range meanings {
			if f := cmd.Flags().Lookup(name); f != nil {
				assert.Equal(t, letter, f.Shorthand, "--%s of %s", name, cmd.Name())
			}
		}
	}
}

// TestExamples runs the examples of every command on files of this repository.
func TestExamples(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := t.TempDir()
	for _, part := range []string{"rules/library", "tests/examples", "tests/stories/testdata"} {
		require.NoError(t, os.CopyFS(filepath.Join(dir, filepath.FromSlash(part)), os.DirFS(filepath.Join(root, filepath.FromSlash(part)))))
	}
	t.Chdir(dir)
	for _, cmd := range ours() {
		for _, line := range commandLines(cmd.Example) {
			t.Run(line, func(t *testing.T) {
				line, _, _ := strings.Cut(line, " > ")
				args := strings.Fields(line)
				require.Equal(t, "decree", args[0])
				var out, errs strings.Builder
				code := run(args[1:], &stdio.Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
				assert.NotEqual(t, exit.Usage, code, errs.String())
				assert.NotEmpty(t, out.String())
			})
		}
	}
}

// commandLines are the lines of examples, those that go on behind a backslash joined.
func commandLines(examples string) []string {
	var out []string
	for _, line := range strings.Split(strings.ReplaceAll(examples, "\\\n", ""), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

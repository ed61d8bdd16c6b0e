package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A flag is named beside its command: after `decree compile`, or right after the command's name, as in "compile with
// --lists". flagNamed finds one flag in the rest of an invocation.
var (
	invocation = regexp.MustCompile("decree ([a-z]+)((?:\\\\\n|[^`\"\n|;:()])*)")
	flagNamed  = regexp.MustCompile(`(?:^|[\s\[])--([a-z][a-z-]*)`)
)

// TestFlagsThatTextsNameAreThere: what documents, messages and comments name as a flag of a command is one.
func TestFlagsThatTextsNameAreThere(t *testing.T) {
	flags := map[string][]string{}
	var names []string
	for _, cmd := range ours() {
		cmd.InitDefaultHelpFlag()
		cmd.Flags().VisitAll(func(f *pflag.Flag) { flags[cmd.Name()] = append(flags[cmd.Name()], f.Name) })
		names = append(names, slices.Concat([]string{cmd.Name()}, cmd.Aliases)...)
		for _, alias := range cmd.Aliases {
			flags[alias] = flags[cmd.Name()]
		}
	}
	beside := regexp.MustCompile(`\b(` + strings.Join(names, "|") + ")`?(?: with)? `?(--[a-z][a-z-]*)")
	found := 0
	root := os.DirFS("../..")
	require.NoError(t, fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || len(d.Name()) > 1 && d.Name()[0] == '.') {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || !slices.Contains([]string{".go", ".md"}, filepath.Ext(file)) || strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(root, file)
		for _, re := range []*regexp.Regexp{invocation, beside} {
			for _, at := range re.FindAllSubmatch(text, -1) {
				of, known := flags[string(at[1])]
				if !known { // "decree completion bash", or prose
					continue
				}
				for _, named := range flagNamed.FindAllSubmatch(at[2], -1) {
					found++
					assert.Contains(t, of, string(named[1]), "%s: %s", file, at[0])
				}
			}
		}
		return err
	}))
	assert.Greater(t, found, 50)
}

package pages

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// entry is a line of the guide's tree: how far it is indented, and the folders that it names.
var entry = regexp.MustCompile(`^( *)((?:[a-z_]+/)+(?: [a-z_]+/)*|cmd/decree/) `)

// tree gives the folders of the guide's tree.
func tree(t *testing.T) map[string]bool {
	const page = "CONTRIBUTING.md"
	text, err := os.ReadFile(filepath.Join(root, page))
	require.NoError(t, err)
	folders := map[string]bool{}
	var above []string // the folder of each level
	for _, line := range blocks(t, page, strings.ReplaceAll(string(text), "\r\n", "\n"))[0].lines {
		at := entry.FindStringSubmatch(line)
		require.NotNil(t, at, "%q is not an entry of the tree", line)
		level := len(at[1]) / 2
		require.LessOrEqual(t, level, len(above), line)
		for _, name := range strings.Fields(at[2]) {
			folder := path.Join(append(append([]string{}, above[:level]...), name)...)
			folders[folder] = true
			above = append(above[:level], name)
		}
	}
	return folders
}

// TestTheTreeIsWhole: the guide's tree has each folder with a package, and no folder that is not there.
func TestTheTreeIsWhole(t *testing.T) {
	folders := tree(t)
	for folder := range folders {
		info, err := os.Stat(filepath.Join(root, filepath.FromSlash(folder)))
		require.NoError(t, err)
		assert.True(t, info.IsDir(), folder)
	}
	packages := 0
	for _, top := range []string{"rules", "engine", "compilers", "cmd", "tests"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, top), func(at string, d os.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules"):
				return filepath.SkipDir
			case !d.IsDir() && d.Name() == "go.mod": // a module of its own
				return filepath.SkipDir
			case !d.IsDir() && path.Ext(d.Name()) == ".go":
				folder, err := filepath.Rel(root, filepath.Dir(at))
				packages++
				assert.True(t, folders[filepath.ToSlash(folder)], "CONTRIBUTING.md: the tree lacks %s", filepath.ToSlash(folder))
				return err
			}
			return nil
		}))
	}
	assert.NotZero(t, packages)
}

package pages

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the guide names in code quotes, beside whole paths: a file by its own name, a function of a test, and what a
// package has.
var (
	file     = regexp.MustCompile("`([a-z_0-9.]+\\.(?:go|yml|json|csv|md|txtar))`")
	testFunc = regexp.MustCompile("`?\\b((?:Test|Benchmark)[A-Z][A-Za-z0-9]+)\\b")
	exported = regexp.MustCompile("`([a-z]+)\\.([A-Z][A-Za-z]+)`")
)

// Files that the guide names and that are no file of the tree: a user's own.
var ofUsers = map[string]bool{"decree.yml": true, "x.test.yml": true, "rule.yml": true, "enterprise-attack.json": true, "mobile-attack.json": true}

// Variables before a method that the guide names.
var variables = map[string]bool{"f": true, "s": true, "set": true}

// TestTheGuideNamesWhatIsThere: files that stand without their folder in CONTRIBUTING.md, tests and what packages
// export.
func TestTheGuideNamesWhatIsThere(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	require.NoError(t, err)
	files, tests, exports := map[string]bool{}, map[string]bool{}, map[string]string{} // package -> its source
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Benchmark)\w+)\(`)
	for _, top := range []string{"rules", "engine", "compilers", "cmd", "tests"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, top), func(at string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				if d != nil && d.Name() == "node_modules" {
					return filepath.SkipDir
				}
				return err
			}
			files[d.Name()] = true
			if path.Ext(d.Name()) != ".go" {
				return nil
			}
			source, err := os.ReadFile(at)
			if err != nil {
				return err
			}
			for _, found := range declared.FindAllSubmatch(source, -1) {
				tests[string(found[1])] = true
			}
			exports[filepath.Base(filepath.Dir(at))] += string(source)
			return nil
		}))
	}
	named := 0
	for _, at := range file.FindAllStringSubmatch(string(text), -1) {
		assert.True(t, files[at[1]] || ofUsers[at[1]], "CONTRIBUTING.md names %s, and no folder has it", at[1])
		named++
	}
	for _, at := range testFunc.FindAllStringSubmatch(string(text), -1) {
		assert.True(t, tests[at[1]], "CONTRIBUTING.md names %s, and no package has it", at[1])
		named++
	}
	for _, at := range exported.FindAllStringSubmatch(string(text), -1) {
		if variables[at[1]] {
			continue
		}
		has := regexp.MustCompile(`(?m)^(?:func|type|var|const|\t)[^\n]*\b` + at[2] + `\b`)
		assert.True(t, has.MatchString(exports[at[1]]), "CONTRIBUTING.md names %s.%s", at[1], at[2])
		named++
	}
	assert.Greater(t, named, 50)
}

// Package pages holds README.md and CONTRIBUTING.md to the tree: the files they name are there.
package pages

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// named is a path of this repository in a page: in code quotes, or the target of a link.
var named = regexp.MustCompile("(?:`|\\]\\()((?:cmd|compilers|engine|rules|tests)/[a-zA-Z0-9_/.-]*)")

func TestFilesThatPagesNameAreThere(t *testing.T) {
	for _, page := range []string{"README.md", "CONTRIBUTING.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(page)))
		require.NoError(t, err)
		found := named.FindAllSubmatch(text, -1)
		assert.NotEmpty(t, found, page)
		for _, path := range found {
			_, err := os.Stat(filepath.Join("..", "..", filepath.FromSlash(string(path[1]))))
			assert.NoError(t, err, "%s names %s", page, path[1])
		}
	}
}

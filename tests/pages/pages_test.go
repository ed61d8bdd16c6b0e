// Package pages holds the documents to the tree: the files they name are there, and their commands print what they
// show.
package pages

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// named is a path of this repository in code quotes; linked is the target of a link, from the page's folder.
var (
	named  = regexp.MustCompile("`((?:cmd|compilers|engine|rules|tests)/[a-zA-Z0-9_/.-]*)")
	linked = regexp.MustCompile(`\]\(([a-zA-Z0-9_/.-]+)(?:#[a-z-]*)?\)`)
)

func TestFilesThatPagesNameAreThere(t *testing.T) {
	for _, page := range pages {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
		require.NoError(t, err)
		var paths []string
		for _, at := range named.FindAllSubmatch(text, -1) {
			paths = append(paths, string(at[1]))
		}
		for _, at := range linked.FindAllSubmatch(text, -1) {
			paths = append(paths, path.Join(path.Dir(page), string(at[1])))
		}
		assert.NotEmpty(t, paths, page)
		for _, named := range paths {
			_, err := os.Stat(filepath.Join(root, filepath.FromSlash(named)))
			assert.NoError(t, err, "%s names %s", page, named)
		}
	}
}

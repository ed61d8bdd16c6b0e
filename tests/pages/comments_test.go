package pages

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// widest is how many columns a line of comment may take, with a tab as four, as in the documents.
const widest = 120

// TestCommentsFitALine holds lines of comment to the width of a line, but for addresses and what is indented.
func TestCommentsFitALine(t *testing.T) {
	lines := 0
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(text), "\n") {
			comment, is := strings.CutPrefix(strings.TrimSpace(line), "// ")
			if !is || strings.HasPrefix(comment, "http") || strings.HasPrefix(comment, "\t") {
				continue
			}
			lines++
			if width := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    ")); width > widest {
				assert.Fail(t, fmt.Sprintf("%s:%d: the comment takes %d columns: wrap it at %d", path, i+1, width, widest))
			}
		}
		return nil
	}))
	assert.Greater(t, lines, 1000)
}

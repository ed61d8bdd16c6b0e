package rules

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/diag"
)

// corpus finds the public corpora, which are not part of this repository.
func corpus(t *testing.T, name string) string {
	t.Helper()
	base := os.Getenv("DECREE_CORPUS")
	if base == "" {
		base = filepath.Join("..", "..", "shared", "corpus")
	}
	dir := filepath.Join(base, name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no corpus at %s: set DECREE_CORPUS to a folder with %s", dir, name)
	}
	return dir
}

func TestEveryPublicRuleParses(t *testing.T) {
	folder, err := OpenFolder(corpus(t, "sigmahq/rules"))
	require.NoError(t, err)
	files, err := folder.Files()
	require.NoError(t, err)
	require.NotEmpty(t, files)
	parsed := 0
	for _, f := range files {
		rs, found := folder.Parse(f)
		for _, d := range found {
			assert.NotEqual(t, diag.Error, d.Severity, "%s", d.Error())
		}
		parsed += len(rs)
	}
	assert.Equal(t, len(files), parsed)
}

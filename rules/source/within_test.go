package source

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWithin(t *testing.T) {
	for at, want := range map[string]bool{"a": true, "a/b": true, "a/b/c.yml": true, "ab": false, ".": false, "b": false, "a/../b": false, "..": false} {
		assert.Equal(t, want, Within("a", filepath.FromSlash(at)), at)
	}
	assert.True(t, Within(".", "a"))
	assert.False(t, Within("a", filepath.Join(t.TempDir(), "a")), "one is absolute")
}

package pages

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
)

// TestEveryModifierIsDocumented: the guide to rules names each modifier.
func TestEveryModifierIsDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "rules", "README.md"))
	require.NoError(t, err)
	for _, name := range rules.ModifierNames() {
		assert.Contains(t, string(text), "`"+name+"`")
	}
}

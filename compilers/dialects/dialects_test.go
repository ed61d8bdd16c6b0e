package dialects

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDialectsAreFoundByName(t *testing.T) {
	assert.Equal(t, []string{"kql", "spl", "eql"}, Names())
	extensions := map[string]bool{}
	for _, d := range All {
		assert.Equal(t, d, Named(d.Name()))
		assert.NotEmpty(t, d.Title())
		extensions[d.Extension()] = true
	}
	assert.Len(t, extensions, len(All), "the files of two dialects would have the same name")
	assert.Nil(t, Named("KQL"))
}

// TestEachDialectHasAPlace holds that users can say where their events are, with one of the settings that there are.
func TestEachDialectHasAPlace(t *testing.T) {
	settings := []string{"scope", "index", "table"}
	for _, d := range All {
		setting, check := d.Place()
		assert.Contains(t, settings, setting)
		assert.Contains(t, WithPlace(setting), d.Name())
		assert.NotNil(t, check)
	}
	assert.Empty(t, WithPlace("folder"))
}

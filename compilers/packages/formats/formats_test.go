package formats

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/schema"
)

func TestFormatsAreFoundByName(t *testing.T) {
	assert.Equal(t, []string{"defender", "sentinel", "splunk", "kibana"}, Names())
	for _, f := range All {
		assert.Equal(t, f, Named(f.Name()))
		assert.NotEmpty(t, f.Title())
	}
	assert.Nil(t, Named("Sentinel"))
	assert.Nil(t, Named(""))
}

// TestFormatsOfADialect holds that the models of a format are of its dialect: no other has queries for it.
func TestFormatsOfADialect(t *testing.T) {
	assert.Equal(t, []string{"defender", "sentinel"}, NamesFor("kql"))
	assert.Empty(t, NamesFor("sql"))
	for _, f := range All {
		assert.NotEmpty(t, f.Models(), f.Name())
		for _, m := range f.Models() {
			assert.True(t, slices.Contains(schema.NamesFor(f.Dialect()), m), "%s: %s", f.Name(), m)
		}
	}
}

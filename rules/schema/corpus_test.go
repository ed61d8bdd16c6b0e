package schema_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/parse"
	"decree/rules/schema"
	"decree/rules/source"
	"decree/tests/fixture"
)

// TestEveryPublicLogSourceIsKnown asks that each log source of the public rules is in a model
// that is about a product, not only in the one of plain Sigma names.
func TestEveryPublicLogSourceIsKnown(t *testing.T) {
	folder, err := source.OpenFolder(fixture.Corpus(t, "sigmahq", "rules"))
	require.NoError(t, err)
	var models []*schema.Model
	for _, name := range schema.Names() {
		if name == "sigma" {
			continue
		}
		m, err := schema.Load(name)
		require.NoError(t, err)
		models = append(models, m)
	}
	files, _, err := parse.RuleFiles(folder, ".")
	require.NoError(t, err)
	for _, f := range files {
		rs, _ := parse.RulesIn(folder, f)
		for _, r := range rs {
			known := false
			for _, m := range models {
				known = known || len(m.Find(r.LogSource.Category, r.LogSource.Product, r.LogSource.Service)) > 0
			}
			assert.True(t, known, "%s: %q %q %q", f, r.LogSource.Product, r.LogSource.Category, r.LogSource.Service)
		}
	}
}

package conformance

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/schema"
)

// TestPublicRulesBecomeWellFormedSPL compiles every public rule for the first of SPL's models that has its
// log source: at least 97 of a hundred have one, none of those is refused, and all pass the checker.
func TestPublicRulesBecomeWellFormedSPL(t *testing.T) {
	t.Parallel()
	var models []*schema.Model
	for _, name := range schema.Preferred("spl") {
		m, err := schema.Load(name)
		require.NoError(t, err)
		models = append(models, m)
	}
	compiled, all := 0, corpusRules(t)
	for _, r := range all {
		of := r.Source.LogSource
		at := slices.IndexFunc(models, func(m *schema.Model) bool { return len(m.Find(of.Category, of.Product, of.Service)) > 0 })
		if at < 0 {
			continue
		}
		q, ds := spl.New().Compile(r, compilers.Options{Model: models[at]})
		if q == nil {
			assert.Fail(t, "refused", "%s: %v", r.Source.Title, ds)
			continue
		}
		compiled++
		_, err := checkSPL(q.Text)
		assert.NoError(t, err, "%s\n%s", r.Source.Title, q.Text)
	}
	t.Logf("%d queries of %d rules", compiled, len(all))
	assert.Greater(t, 100*compiled, 97*len(all))
	assert.Greater(t, compiled, 1000, "the corpus holds too few rules to prove anything")
}

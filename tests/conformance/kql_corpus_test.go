package conformance

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/rules/schema"
)

// tablesOf declares a model's tables to Microsoft's binder. A table of several sources is declared once.
func tablesOf(t testing.TB, m *schema.Model) Tables {
	t.Helper()
	tables := Tables{}
	for _, s := range m.Sources {
		require.NotEmpty(t, s.Columns, "%s: %s has no columns", m.Name, s.Name)
		if had, ok := tables[s.Table]; ok {
			require.Equal(t, had, s.Columns, "%s: %s", m.Name, s.Name)
		}
		tables[s.Table] = s.Columns
	}
	return tables
}

// TestPublicRulesBecomeKQL compiles every public rule. What is written is accepted by Microsoft's
// parser and binder on the product's own tables; what is not says why, and what to do.
func TestPublicRulesBecomeKQL(t *testing.T) {
	t.Parallel()
	cases := []struct {
		model string
		share float64 // of all rules, at least
	}{{"mde", 0.63}, {"asim", 0.61}, {"sentinel", 0.89}}
	all := corpusRules(t)
	by := map[string]bool{} // rules that some model answers
	for _, c := range cases {
		t.Run(c.model, func(t *testing.T) {
			m, err := schema.Load(c.model)
			require.NoError(t, err)
			var queries, names []string
			refused := map[string]int{}
			for _, r := range all {
				q, found := kql.New().Compile(r, compilers.Options{Model: m})
				if q != nil {
					queries, names = append(queries, q.Text), append(names, r.Source.Title)
					by[r.Source.ID] = true
					continue
				}
				require.NotEmpty(t, found, r.Source.Title)
				for _, d := range found {
					assert.NotEmpty(t, d.Code, "%s: %s", r.Source.Title, d.Message)
					assert.NotEmpty(t, d.Hint, "%s: %s", r.Source.Title, d.Message)
				}
				refused[found[0].Code]++
			}
			for i, r := range CheckKQL(t, queries, tablesOf(t, m), "", "") {
				assert.Empty(t, r.Errors, "%s\n%s", names[i], queries[i])
			}
			t.Logf("%d of %d rules%s", len(queries), len(all), reasons(refused))
			assert.GreaterOrEqual(t, float64(len(queries))/float64(len(all)), c.share)
		})
	}
	t.Logf("by some model: %d of %d rules", len(by), len(all))
	assert.GreaterOrEqual(t, float64(len(by))/float64(len(all)), 0.98)
}

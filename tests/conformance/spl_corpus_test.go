package conformance

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// TestPublicRulesBecomeWellFormedSPL compiles every public rule for the first of SPL's models that has its
// log source: at least 97 of a hundred have one, none of those is refused, and all pass the checker.
func TestPublicRulesBecomeWellFormedSPL(t *testing.T) {
	corpus := os.Getenv("DECREE_CORPUS")
	if corpus == "" {
		corpus = "../../../shared/corpus"
	}
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("no corpus of public rules: set DECREE_CORPUS")
	}
	var models []*schema.Model
	for _, name := range spl.New().Models() {
		m, err := schema.Load(name)
		require.NoError(t, err)
		models = append(models, m)
	}
	compiled, all := 0, 0
	err := filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yml") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		parsed, ds := rules.Parse(path, data, nil)
		if ds.HasErrors() {
			return nil // not a rule: regression data lies beside them
		}
		for _, r := range parsed {
			all++
			at := slices.IndexFunc(models, func(m *schema.Model) bool {
				return len(m.Find(r.LogSource.Category, r.LogSource.Product, r.LogSource.Service)) > 0
			})
			if at < 0 {
				continue
			}
			model := models[at]
			lowered, ds := ir.Lower(r)
			require.False(t, ds.HasErrors(), "%s: %v", path, ds)
			q, ds := spl.New().Compile(lowered, compilers.Options{Model: model})
			if q == nil {
				assert.Fail(t, "refused", "%s: %v", path, ds)
				continue
			}
			compiled++
			_, err := checkSPL(q.Text)
			assert.NoError(t, err, "%s\n%s", path, q.Text)
		}
		return nil
	})
	require.NoError(t, err)
	t.Logf("%d queries of %d rules", compiled, all)
	assert.Greater(t, 100*compiled, 97*all)
	assert.Greater(t, compiled, 1000, "the corpus holds too few rules to prove anything")
}

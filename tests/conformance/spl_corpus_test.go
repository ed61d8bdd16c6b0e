package conformance

import (
	"io/fs"
	"os"
	"path/filepath"
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

// TestPublicRulesBecomeWellFormedSPL compiles every public rule on a Windows log.
func TestPublicRulesBecomeWellFormedSPL(t *testing.T) {
	corpus := os.Getenv("DECREE_CORPUS")
	if corpus == "" {
		corpus = "../../../shared/corpus"
	}
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("no corpus of public rules: set DECREE_CORPUS")
	}
	model, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	compiled := 0
	err = filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
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
			if r.LogSource.Product != "windows" || len(model.Find(r.LogSource.Category, r.LogSource.Product, r.LogSource.Service)) == 0 {
				continue
			}
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
	t.Logf("%d queries", compiled)
	assert.Greater(t, compiled, 1000, "the corpus holds too few rules to prove anything")
}

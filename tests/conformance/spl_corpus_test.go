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

// TestPublicRulesBecomeWellFormedSPL compiles every public process creation rule.
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
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yml") || !strings.Contains(path, "process_creation") {
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
			if r.LogSource.Product != "windows" || r.LogSource.Category != "process_creation" {
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
	assert.Greater(t, compiled, 500, "the corpus holds too few rules to prove anything")
}

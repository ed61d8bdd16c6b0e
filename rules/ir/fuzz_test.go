package ir_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/ir"
	"decree/rules/parse"
)

// FuzzLower lowers whatever the parser reads: it never panics, a rule without a tree has an
// error, and a tree keeps what its types promise.
func FuzzLower(f *testing.F) {
	seeds, err := filepath.Glob("../parse/testdata/*/*.yml")
	require.NoError(f, err)
	require.Greater(f, len(seeds), 50, "the seeds are gone")
	for _, s := range seeds {
		data, err := os.ReadFile(s)
		require.NoError(f, err)
		if len(data) < 4<<10 { // small inputs are tried more often
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rs, _ := parse.Rules("rule.yml", data, nil)
		for _, r := range rs {
			lowered, found := ir.Lower(r)
			require.Equal(t, found.HasErrors(), lowered == nil, "%v", found)
			if lowered == nil {
				continue
			}
			assert.NotEmpty(t, ir.Dump(lowered))
			ir.Inspect(lowered.Condition, func(n ir.Node) bool {
				assertWellMade(t, n)
				return true
			})
		}
	})
}

// assertWellMade holds for what the documentation of the node types says.
func assertWellMade(t *testing.T, n ir.Node) {
	t.Helper()
	assert.Positive(t, n.Range().Start.Line, "%T has no place", n)
	switch n := n.(type) {
	case *ir.And:
		assert.GreaterOrEqual(t, len(n.Terms), 2)
	case *ir.Or:
		assert.GreaterOrEqual(t, len(n.Terms), 2)
	case *ir.AtLeast:
		assert.GreaterOrEqual(t, n.Count, 2)
		assert.Less(t, n.Count, len(n.Terms))
	case *ir.Match:
		assert.NotEmpty(t, n.Field.Name)
		assert.LessOrEqual(t, n.Field.Level, rules.MaxAncestor)
	case *ir.Keyword:
		switch test := n.Test.(type) {
		case *ir.Text:
			assert.NotContains(t, test.Values, "")
		case *ir.Glob, *ir.Regex:
		default:
			t.Errorf("a keyword is a %T", test)
		}
	}
}

// Package golden pins what each case's rule becomes: the logical tree, the three queries and
// their assets, or the refusal. A case is a folder with a rule.yml; the rest is rewritten with -update.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func same(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the tests with -update")
	assert.Equal(t, string(want), got)
}

// rendered is a query with its assets, or why there is none.
func rendered(t *testing.T, d compilers.Dialect, r *ir.Rule, source []byte) string {
	t.Helper()
	m, err := schema.Load(d.Models()[0])
	require.NoError(t, err)
	q, found := d.Compile(r, compilers.Options{Model: m})
	var b strings.Builder
	if q == nil {
		require.True(t, found.HasErrors(), "no query and no reason")
		b.WriteString("unsupported\n\n")
	} else {
		b.WriteString(q.Text)
		for _, a := range q.Assets {
			b.WriteString("\n=== " + a.Name + ": " + a.Purpose + "\n" + a.Content)
		}
	}
	diag.WriteText(&b, found, func(string) []byte { return source }, false)
	return b.String()
}

func TestCases(t *testing.T) {
	folders, err := filepath.Glob("cases/*/rule.yml")
	require.NoError(t, err)
	require.NotEmpty(t, folders, "no cases found")
	for _, file := range folders {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			folder, err := rules.OpenFolder(dir)
			require.NoError(t, err)
			source, err := folder.Read("rule.yml")
			require.NoError(t, err)
			rs, found := rules.Parse("rule.yml", source, folder)
			require.Empty(t, found)
			require.Len(t, rs, 1)
			r, found := ir.Lower(rs[0])
			require.Empty(t, found)
			same(t, filepath.Join(dir, "ir.txt"), ir.Dump(r))
			for _, d := range []compilers.Dialect{kql.New(), spl.New(), eql.New()} {
				same(t, filepath.Join(dir, "query"+d.Extension()), rendered(t, d, r, source))
			}
		})
	}
}

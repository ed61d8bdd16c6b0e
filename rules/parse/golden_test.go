package parse_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file, or writes it when asked.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "run with -update to write it")
	assert.Equal(t, string(want), got)
}

// eachCase reads the rule files of a folder, and renders what was found in them.
func eachCase(t *testing.T, dir string, check func(t *testing.T, base string, rs []*ir.Rule, text string)) {
	folder, err := source.OpenFolder(dir)
	require.NoError(t, err)
	files, _, err := parse.RuleFiles(folder, ".")
	require.NoError(t, err)
	require.NotEmpty(t, files, "no cases")
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			began := time.Now()
			parsed, found := parse.RulesIn(folder, file)
			var lowered []*ir.Rule
			for _, r := range parsed {
				l, more := ir.Lower(r)
				found = append(found, more...)
				if l != nil {
					lowered = append(lowered, l)
				}
			}
			var b strings.Builder
			diag.WriteText(&b, found, func(shown string) []byte {
				file, ok := folder.Inside(shown)
				require.True(t, ok)
				data, err := folder.Read(file)
				require.NoError(t, err)
				return data
			}, false)
			assert.Less(t, time.Since(began), time.Minute)
			check(t, filepath.Join(dir, strings.TrimSuffix(file, filepath.Ext(file))), lowered, b.String())
		})
	}
}

// TestGood has each good rule become its tree, without a finding.
func TestGood(t *testing.T) {
	eachCase(t, "testdata/good", func(t *testing.T, base string, rs []*ir.Rule, text string) {
		assert.Empty(t, text)
		require.NotEmpty(t, rs)
		trees := make([]string, len(rs))
		for i, r := range rs {
			trees[i] = ir.Dump(r)
		}
		golden(t, base+".txt", strings.Join(trees, "---\n"))
	})
}

// TestBad compares all that is said about each bad rule, as people see it.
func TestBad(t *testing.T) {
	eachCase(t, "testdata/bad", func(t *testing.T, base string, _ []*ir.Rule, text string) {
		assert.NotEmpty(t, text)
		golden(t, base+".txt", text)
	})
}

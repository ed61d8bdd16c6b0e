package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEQLReference runs the compiler's golden query. c2 is the second child of one parent: the
// sequence misses it, as the query's deep-ancestor note says.
func TestEQLReference(t *testing.T) {
	t.Parallel()
	golden, err := os.ReadFile(filepath.Join(root(), "compilers", "eql", "testdata", "reference.golden"))
	require.NoError(t, err)
	query, _, _ := strings.Cut(string(golden), "\n=== ")
	assert.Equal(t, []string{"c1", "rare"}, RunEQL(t, query, filepath.Join("eql", "chain.ndjson")))
}

func TestEQLMatching(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, condition string
		want            []string
	}{
		{"colon ignores case", `?process.name : "WhoAmI.exe"`, []string{"c1", "c2", "other-host"}},
		{"equals does not", `?process.name == "whoami.exe"`, []string{"c2", "other-host"}},
		{"in~", `?process.name in~ ("whoami.exe")`, []string{"c1", "c2", "other-host"}},
		{"in", `?process.name in ("whoami.exe")`, []string{"c2", "other-host"}},
		{"like", `?process.name like "who*"`, []string{"c2", "other-host"}},
		{"function", `startsWith~(?process.name, "who")`, []string{"c1", "c2", "other-host"}},
		{"cased function", `startsWith(?process.name, "who")`, []string{"c2", "other-host"}},
		{"regex is whole", `?process.name regex "whoami"`, []string{}},
		{"regex", `?process.name regex "who.*\\.exe"`, []string{"c2", "other-host"}},
		{"not over missing", `not(?process.name : "*.exe")`, []string{"p"}},
		{"order", `?decree.global_prevalence < 250`, []string{"rare"}},
		{"null-safe negation", `not(?decree.global_prevalence != null and ?decree.global_prevalence < 250) and ?process.name : "odd.exe"`, []string{"signed"}},
		{"negated order drops the missing", `not ?decree.global_prevalence < 2`, []string{"rare"}},
	}
	queries := make([]string, len(cases))
	for i, c := range cases {
		queries[i] = "process where " + c.condition
	}
	results := CheckEQL(t, queries, nil, filepath.Join("eql", "chain.ndjson"))
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			require.Nil(t, results[i].Error)
			assert.Equal(t, c.want, results[i].IDs)
		})
	}
}

func TestEQLRejects(t *testing.T) {
	t.Parallel()
	results := CheckEQL(t, []string{`process where a = "b"`, `process where ?port : 80`, `process where ?a.name == 5`}, nil, "")
	assert.NotNil(t, results[0].Error)
	assert.NotNil(t, results[1].Error)
	assert.Nil(t, results[2].Error)
	assert.NotNil(t, CheckEQL(t, []string{`process where ?a.name == 5`}, Mapping{"a.name": "keyword"}, "")[0].Error)
}

package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/rules/source"
	"decree/tests/fixture"
)

// corpusFolder is a folder of the public rules and their regression data, which are not part of this repository.
func corpusFolder(t testing.TB, name string) string {
	t.Helper()
	return fixture.Corpus(t, "sigmahq", name)
}

// corpusRules are the public rules, lowered.
func corpusRules(t testing.TB) []*ir.Rule {
	t.Helper()
	folder, err := source.OpenFolder(corpusFolder(t, "rules"))
	require.NoError(t, err)
	files, _, err := parse.RuleFiles(folder, ".")
	require.NoError(t, err)
	var all []*ir.Rule
	for _, f := range files {
		parsed, found := parse.RulesIn(folder, f)
		require.False(t, found.HasErrors(), f)
		for _, r := range parsed {
			lowered, found := ir.Lower(r)
			require.False(t, found.HasErrors(), f)
			all = append(all, lowered)
		}
	}
	return all
}

// TestPublicRulesBecomeEQL compiles every public rule. What is written parses, has the types of Elastic's
// index templates and is nothing that Elasticsearch refuses; what is not says why, and what to do.
func TestPublicRulesBecomeEQL(t *testing.T) {
	t.Parallel()
	cases := []struct {
		model string
		share float64 // of all rules, at least
	}{{"ecs", 0.92}, {"winlogbeat", 0.75}} // winlogbeat knows Windows alone
	all := corpusRules(t)
	for _, c := range cases {
		t.Run(c.model, func(t *testing.T) {
			m, err := schema.Load(c.model)
			require.NoError(t, err)
			var queries []string
			refused := map[string]int{}
			for _, r := range all {
				q, found := eql.New().Compile(r, compilers.Options{Model: m})
				if q != nil {
					queries = append(queries, q.Text)
					continue
				}
				require.NotEmpty(t, found, r.Source.Title)
				for _, d := range found {
					assert.NotEmpty(t, d.Code, "%s: %s", r.Source.Title, d.Message)
					assert.NotEmpty(t, d.Hint, "%s: %s", r.Source.Title, d.Message)
				}
				refused[found[0].Code]++
			}
			for i, r := range CheckEQL(t, queries, mappedFor(t, queries, nil), "") {
				if r.Error != nil {
					assert.Fail(t, *r.Error, queries[i])
				}
			}
			t.Logf("%d of %d rules%s", len(queries), len(all), reasons(refused))
			assert.GreaterOrEqual(t, float64(len(queries))/float64(len(all)), c.share)
		})
	}
}

// reasons is the table of why rules were refused.
func reasons(refused map[string]int) string {
	var b strings.Builder
	for _, code := range slices.SortedFunc(maps.Keys(refused), func(a, b string) int {
		if refused[a] != refused[b] {
			return refused[b] - refused[a]
		}
		return strings.Compare(a, b)
	}) {
		fmt.Fprintf(&b, "\n%5d %s", refused[code], code)
	}
	return b.String()
}

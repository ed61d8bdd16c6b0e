package dfa_test

import (
	"bufio"
	"compress/gzip"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine/dfa"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/source"
	"decree/tests/fixture"
)

// publicExpressions are those of the public rules that RE2 can run.
func publicExpressions(t *testing.T) []*regexp.Regexp {
	t.Helper()
	folder, err := source.OpenFolder(fixture.Corpus(t, "sigmahq", "rules"))
	require.NoError(t, err)
	files, _, err := parse.RuleFiles(folder, ".")
	require.NoError(t, err)
	var out []*regexp.Regexp
	for _, file := range files {
		rules, _ := parse.RulesIn(folder, file)
		for _, r := range rules {
			lowered, _ := ir.Lower(r)
			ir.Inspect(lowered.Condition, func(n ir.Node) bool {
				if m, ok := n.(*ir.Match); ok {
					if t, ok := m.Test.(*ir.Regex); ok {
						if re, err := t.Parse().Compile(); err == nil {
							out = append(out, re)
						}
					}
				}
				return true
			})
		}
	}
	return out
}

// TestPublicExpressions asks the public rules' expressions of recorded events, whole and in parts, as one long text
// each.
func TestPublicExpressions(t *testing.T) {
	f, err := os.Open(fixture.Corpus(t, "events", "windows.ndjson.gz"))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	var texts []string
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	for at := 0; len(texts) < 300 && lines.Scan(); at++ {
		if at%199 == 0 {
			texts = append(texts, lines.Text(), lines.Text()[len(lines.Text())/2:])
		}
	}
	require.NoError(t, lines.Err())
	exprs := publicExpressions(t)
	require.NotEmpty(t, exprs)
	pool := &dfa.Pool{}
	matches := 0
	for _, re := range exprs {
		m := dfa.New(re).NewMachine(pool)
		for _, text := range texts {
			want := re.MatchString(text)
			require.Equal(t, want, m.Match(text), "%s of %s", re, text)
			if want {
				matches++
			}
		}
	}
	require.Positive(t, matches)
}

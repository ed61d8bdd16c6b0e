package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// TestSourcesThatAFilterTakesAwayAreNamed: Sysmon has no SubjectUserName, so that its events are not asked.
func TestSourcesThatAFilterTakesAwayAreNamed(t *testing.T) {
	m, err := schema.Load("windows")
	require.NoError(t, err)
	for filter, want := range map[string]int{"SubjectUserName: a": 1, "User: a": 0} {
		lowered := func(detection string) *ir.Rule {
			rs, found := rules.Parse("rule.yml", []byte("title: T\nlogsource: {product: windows, category: process_creation}\ndetection:\n  s: {"+detection+"}\n  condition: s\n"), nil)
			require.Empty(t, found)
			r, found := ir.Lower(rs[0])
			require.Empty(t, found)
			return r
		}
		r := lowered(`Image|endswith: '\x.exe'`)
		r.Filter = &ir.Not{Term: lowered(filter).Condition}
		_, found := New([]*ir.Rule{r}, Options{Model: m})
		require.Len(t, found, want, filter)
		if want > 0 {
			require.Equal(t, "several-sources", found[0].Code)
			require.Contains(t, found[0].Message, "is not asked of sysmon_process_creation")
		}
	}
}

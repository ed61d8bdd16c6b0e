package queries

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/targets"
	"decree/compilers"
)

const both = `
-- rules/both.yml --
title: Both
correlation: {type: temporal, rules: [one, other], group-by: [User], timespan: 10m}
---
title: One
name: one
logsource: {product: windows, category: process_creation}
detection: {s: {Image: x}, condition: s}
---
title: Other
name: other
logsource: {product: windows, category: image_load}
detection: {s: {ImageLoaded: x}, condition: s}
---
title: Third
name: third
logsource: {product: windows, category: process_creation}
detection: {s: {Image: y}, condition: s}
`

// packaged compiles the rules for packages of one target.
func packaged(t *testing.T, target targets.Target) []Result {
	t.Helper()
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"rules"}})
	require.NoError(t, err)
	results, err := Compile(set, []targets.Target{target}, Options{Package: true, Approximate: []string{"all"}})
	require.NoError(t, err)
	return results
}

// TestQueriesOfAPackageNameTheirPlaces: a search for a Splunk app calls macros. Where a macro cannot be tested it has
// the places themselves.
func TestQueriesOfAPackageNameTheirPlaces(t *testing.T) {
	clitest.Files(t, both)
	target, err := targets.ChoosePackages(nil, []string{"splunk"})
	require.NoError(t, err)
	of := func(scope compilers.Places) (correlation, rule Result) {
		target[0].Scope = scope
		for _, r := range packaged(t, target[0]) {
			require.NotNil(t, r.Query, "%v", r.Found)
			in := r.Input()
			assert.Equal(t, in.Correlation != nil, r.Source.Correlation != nil)
			assert.NotZero(t, in.Rule.Schedule)
			if in.Correlation != nil {
				correlation = r
			} else {
				rule = r
			}
		}
		return correlation, rule
	}
	c, r := of(nil)
	assert.Equal(t, compilers.Places{"default": "`decree_windows`"}, c.Input().Places)
	assert.Contains(t, c.Query.Text, "`decree_windows` ")
	assert.Equal(t, compilers.Places{"default": "`decree_windows_process_creation`"}, r.Input().Places)
	apart := compilers.Places{"windows/process_creation": "index=a", "windows/image_load": "index=b"}
	c, r = of(apart)
	assert.Equal(t, apart, c.Input().Places)
	assert.Contains(t, c.Query.Text, "index=b")
	assert.NotContains(t, c.Query.Text, "`decree_")
	assert.Contains(t, r.Query.Text, "`decree_windows_process_creation` ")
}

// TestQueriesEndBeforeNow where the product shows them as much as they then read.
func TestQueriesEndBeforeNow(t *testing.T) {
	for _, c := range []struct{ target, timespan, end string }{
		{"sentinel", "47h", "ago(5m)"},
		{"sentinel", "2848m", "now()"}, // a rule that reads two days may not run so often
		{"sentinel", "1h", "ago(5m)"},
		{"defender", "1h", "ago(5m)"},
	} {
		clitest.Files(t, strings.Replace(both, "timespan: 10m}", "timespan: "+c.timespan+"}\nschedule: {every: 30m}", 1))
		target, err := targets.ChoosePackages(nil, []string{c.target})
		require.NoError(t, err)
		for _, r := range packaged(t, target[0]) {
			if r.Source.Correlation != nil {
				require.NotNil(t, r.Query, "%v", r.Found)
				assert.Contains(t, r.Query.Text, ".. "+c.end+")\n", "%s %s", c.target, c.timespan)
			}
		}
	}
}

// TestQueriesOfOtherPackages have the places of the target.
func TestQueriesOfOtherPackages(t *testing.T) {
	clitest.Files(t, both)
	target, err := targets.ChoosePackages(nil, []string{"kibana"})
	require.NoError(t, err)
	for _, r := range packaged(t, target[0]) {
		if r.Query != nil {
			assert.Empty(t, r.Input().Places)
		}
	}
}

package queries

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/targets"
	"decree/compilers"
	"decree/rules/diag"
)

// excepting compiles all rules of files for KQL, which leaves some out.
func excepting(t *testing.T, texts ...string) (*ruleset.Set, targets.Target, []Result) {
	t.Helper()
	clitest.Files(t, files)
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"windows", "linux", "aws.yml", "pim.yml", "nothing.yml"}})
	require.NoError(t, err)
	target := targets.All[0]
	for i, text := range texts {
		target.Except = append(target.Except, targets.Exception{Text: text, Path: text, At: diag.Range{File: "decree.yml", Start: diag.Position{Line: i + 1}}})
	}
	results, err := Compile(set, []targets.Target{target}, Options{})
	require.NoError(t, err)
	return set, target, results
}

func TestRulesThatATargetLeavesOut(t *testing.T) {
	set, target, results := excepting(t, "key", "pim.yml", "nothing.yml")
	require.Len(t, results, 5)
	for _, r := range results[2:] {
		assert.True(t, r.LeftOut)
		assert.False(t, r.Skipped)
		assert.Nil(t, r.Query)
		assert.Empty(t, r.Files())
		assert.Equal(t, compilers.LeftOutCode, r.Found[0].Code)
		assert.False(t, r.Found.HasErrors())
	}
	assert.Equal(t, Without{LeftOut: 3}, WithoutQuery(results))
	_, says := results[2].Included()
	assert.True(t, says, "the target could say it")
	_, says = results[3].Included()
	assert.False(t, says)
	_, says = results[0].Included()
	assert.False(t, says, "it is not left out")
	assert.Empty(t, UnusedExceptions([]targets.Target{target}, set.All()))

	s, _, errs := clitest.Streams("")
	var found diag.Diagnostics
	for _, r := range results {
		set.KeepRule(r.Source)
		found = append(found, r.Found...)
	}
	Show(s, set, found, results)
	ShowCounts(s, results)
	assert.Contains(t, errs.String(), "info[left-out]: kql: the rule is left out on purpose\n")
	assert.Contains(t, errs.String(), "kql: 2 of 5 rules have a query, 0 refused, 0 skipped, 3 left out\n")
	errs.Reset()
	Show(s, set, found, append(results, results[2:]...)) // more than are shown one by one
	assert.Contains(t, errs.String(), "kql: 6 rules are left out on purpose, by `except` of the project\n")
	assert.NotContains(t, errs.String(), "left-out")
}

func TestExceptionsThatMeanNothingOrAreNotNeeded(t *testing.T) {
	set, target, results := excepting(t, "keys", "key", "windows", "pim.yml", "linux")
	found := UnusedExceptions([]targets.Target{target}, set.All())
	require.Len(t, found, 1)
	assert.Equal(t, "unused-exception", found[0].Code)
	assert.Equal(t, "did you mean `key`?", found[0].Hint)
	found = NeedlessExceptions(results, func(r Result) bool { return r.Source.LogSources()[0].Product == "linux" })
	require.Len(t, found, 2, "one cannot be said, and one not packaged")
	assert.Equal(t, `kql leaves out "windows", and can say all that it means: Who`, found[0].Message)
	assert.Equal(t, `kql leaves out "key", and can say all that it means: Key`, found[1].Message)
}

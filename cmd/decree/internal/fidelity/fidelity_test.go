package fidelity

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/packaging"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/targets"
)

const (
	exact   = "title: Exact\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image: x}, condition: a}\n"
	refused = "title: Refused\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {MadeUp: x}, condition: a}\n"
	another = "title: Another\nlogsource: {product: acme, service: x}\ndetection: {a: {Image: y}, condition: a}\n"
	deep    = "title: Deep\nlogsource: {product: windows, category: process_creation}\nancestry: {up: {ancestor: {level: 5, Image: x}}}\ndetection: {a: {Image: y}, condition: a and up}\n"
)

// report compiles rules for all targets, with all approximations accepted.
func report(t *testing.T, rules ...string) (Report, []queries.Result) {
	t.Helper()
	archive := ""
	for i, r := range rules {
		archive += fmt.Sprintf("-- %02d.yml --\n%s", i, r)
	}
	clitest.Files(t, archive)
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"."}})
	require.NoError(t, err)
	results, err := queries.Compile(set, targets.All, queries.Options{Approximate: []string{"all"}})
	require.NoError(t, err)
	return New(results, targets.All, packaging.Made{}), results
}

func TestReport(t *testing.T) {
	r, results := report(t, exact, refused, deep, another)
	require.Len(t, r.Targets, 3)
	for i, target := range r.Targets {
		assert.Equal(t, targets.Names(targets.All)[i], target.Target)
		assert.Equal(t, 4, target.Rules)
		assert.Equal(t, 3, target.Exact+target.Approximate+target.Refused)
		assert.Equal(t, 1, target.Skipped)
		assert.GreaterOrEqual(t, target.Refused, 1)
	}
	assert.Equal(t, "exact", Of(results[0]))
	assert.Equal(t, "refused", Of(results[1]))
	assert.Equal(t, "skipped", Of(results[3]))
	codes := map[string]string{}
	for _, reason := range r.Reasons {
		codes[reason.Target+" "+reason.Code] = reason.Example
	}
	assert.Contains(t, codes["kql no-column"], "has no column for MadeUp")
	approximate := 0
	for _, rule := range r.Rules {
		for _, target := range rule.Targets {
			if target.Fidelity == "approximate" {
				approximate++
				assert.NotEmpty(t, target.Notes)
				assert.Contains(t, target.cell(), "approximate: ")
			}
		}
	}
	assert.Positive(t, approximate)
	s, out, _ := clitest.Streams("")
	require.NoError(t, r.Print(s, "text"))
	assert.Contains(t, out.String(), "TARGET  RULES  EXACT")
	assert.Contains(t, out.String(), "\nRefused\n  kql  refused: no-column\n")
}

func TestFormats(t *testing.T) {
	r, _ := report(t, exact, refused)
	s, out, _ := clitest.Streams("")
	require.NoError(t, r.Print(s, "markdown"))
	assert.Contains(t, out.String(), "| Target | Rules | Exact | Approximate | Refused | Skipped | Indexed |\n|---|---|---|---|---|---|---|\n| kql | 2 | 1 (50.0%) | 0 (0.0%) | 1 (50.0%) | 0 (0.0%) | 0 (0.0%) |\n")
	out.Reset()
	require.NoError(t, r.Print(s, "json"))
	var back struct{ Targets []targetCount }
	require.NoError(t, json.Unmarshal([]byte(out.String()), &back))
	assert.Equal(t, r.Targets, back.Targets)
}

func TestNothing(t *testing.T) {
	s, out, _ := clitest.Streams("")
	require.NoError(t, New(nil, nil, packaging.Made{}).Print(s, "json"))
	assert.JSONEq(t, `{"targets": [], "reasons": [], "rules": []}`, out.String())
	assert.Equal(t, "0", share(0, 0))
}

func TestALongTableNamesOnlyWhatIsNotExact(t *testing.T) {
	rules := []string{exact}
	for range shownRules + 2 {
		rules = append(rules, refused)
	}
	r, _ := report(t, rules...)
	s, out, _ := clitest.Streams("")
	require.NoError(t, r.Print(s, "text"))
	assert.NotContains(t, out.String(), "Exact  ")
	assert.Contains(t, out.String(), "\n2 more rules not exact in every target: --format json lists them all\n")
}

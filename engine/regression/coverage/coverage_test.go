package coverage

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/regression"
	"decree/engine/regression/mutation"
	"decree/rules/parse"
	"decree/tests/fixture/lowered"
)

const text = `
title: T
logsource: {product: windows}
detection:
  a: {F|contains: [one, two]}
  b: {G: x*y}
  condition: a and not b
`

func unmet(t *testing.T, events string) []string {
	t.Helper()
	r := lowered.Rule(t, text)
	file, found := regression.Parse(nil, "rule.test.yml", []byte("cases: [{name: a, events: "+events+", expect: {count: 0}}]"), parse.FilterByForm)
	require.Empty(t, found)
	trial, err := file.Cases[0].Trial()
	require.NoError(t, err)
	report, err := Measure(r, []mutation.Trial{trial})
	require.NoError(t, err)
	out := []string{}
	for _, g := range report.Goals {
		if !g.Met {
			out = append(out, g.Kind+" "+g.What)
		}
	}
	assert.Equal(t, len(report.Goals)-len(out), report.Met())
	return out
}

// TestMapsAreMeasured names the rows of a map that no event needs.
func TestMapsAreMeasured(t *testing.T) {
	r := lowered.Rule(t, `
title: T
logsource: {product: windows}
extract:
  Kind: {field: F, map: [{contains: one, to: x}, {contains: two, to: x}], default: y}
detection:
  a: {Kind: x}
  condition: a
`)
	file, found := regression.Parse(nil, "rule.test.yml", []byte("cases: [{name: a, events: [{F: one}, {F: three}], expect: {count: 1}}]"), parse.FilterByForm)
	require.Empty(t, found)
	trial, err := file.Cases[0].Trial()
	require.NoError(t, err)
	report, err := Measure(r, []mutation.Trial{trial})
	require.NoError(t, err)
	var unmet []string
	for _, g := range report.Goals {
		if !g.Met {
			unmet = append(unmet, g.What)
		}
	}
	assert.Contains(t, unmet, `the value: Kind: without the row contains "two" to "x"`)
	assert.NotContains(t, unmet, `the value: Kind: without the row contains "one" to "x"`)
}

func TestMeasure(t *testing.T) {
	assert.Equal(t, []string{
		"name a does not hold", "name b holds",
		"branch not b does not hold",
		`value the value: F: without "two"`, "wildcard the wildcard: G: without wildcard 2 (*)",
	}, unmet(t, "[{F: one}]"), "one match leaves open what does not match")
	assert.Equal(t, []string{
		"name b holds", "branch not b does not hold",
		"wildcard the wildcard: G: without wildcard 2 (*)",
	}, unmet(t, "[{F: one}, {F: two}, {F: three}]"))
	assert.Empty(t, unmet(t, "[{F: one}, {F: two}, {F: three}, {F: one, G: xzy}]"))
	assert.Len(t, unmet(t, "[{F: one two, G: xy}, {F: three, G: xy}]"), 7, "what two parts decide together, neither does")
}

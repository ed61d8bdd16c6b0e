package compilers

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

func lower(t *testing.T, text string) *ir.Rule {
	t.Helper()
	rs, found := rules.Parse("rule.yml", []byte("title: T\nlogsource: {product: windows, category: process_creation}\n"+text), nil)
	require.Empty(t, found)
	r, found := ir.Lower(rs[0])
	require.Empty(t, found)
	return r
}

func TestPlanReportsEveryGap(t *testing.T) {
	lacks := Features{
		Cased:         {Message: "no case", Hint: "drop it"},
		Regexes:       {Approximate: true, Effect: "false-positives", Message: "nearly"},
		DeepAncestors: {Message: "no ancestors"},
	}
	cases := []struct {
		name, yaml string
		accept     []string
		codes      []string
		notes      []string
	}{
		{"exact", "detection:\n  a: {Image: x}\n  condition: a\n", nil, nil, nil},
		{"a gap", "detection:\n  a: {Image|cased: x}\n  condition: a\n", nil, []string{"cased"}, nil},
		{"two gaps and a missing column", "detection:\n  a: {Image|cased: x, CommandLine|re: x, Nothing: x}\n  condition: a\n", nil, []string{"cased", "regex", "no-column"}, nil},
		{"accepted for one command", "detection:\n  a: {CommandLine|re: x}\n  condition: a\n", []string{"regex"}, nil, []string{"regex"}},
		{"all accepted, but what has no approximation", "detection:\n  a: {CommandLine|re: x, Image|cased: x}\n  condition: a\n", []string{"all"}, []string{"cased"}, nil},
		{"accepted in the rule", "approximate: {test: [regex]}\ndetection:\n  a: {CommandLine|re: x}\n  condition: a\n", nil, nil, []string{"regex"}},
		{"accepted for another target", "approximate: {other: [regex]}\ndetection:\n  a: {CommandLine|re: x}\n  condition: a\n", nil, []string{"regex"}, nil},
		{"an ancestor on the event", "ancestry:\n  x:\n    grandparent: {Image|filename: a.exe}\ndetection:\n  a: {Image: x}\n  condition: a and x\n", nil, nil, nil},
		{"an ancestor elsewhere", "ancestry:\n  x:\n    grandparent: {CommandLine: a}\ndetection:\n  a: {Image: x}\n  condition: a and x\n", nil, []string{"deep-ancestor"}, nil},
		{"more of an ancestor than the event has", "ancestry:\n  x:\n    grandparent: {Image|startswith: 'C:\\'}\ndetection:\n  a: {Image: x}\n  condition: a and x\n", nil, []string{"deep-ancestor"}, nil},
		{"an entity nobody has", "prevalence:\n  p: {field: colour, local: {distinct: host, lte: 3}}\ndetection:\n  a: {Image: x}\n  condition: a and p\n", nil, []string{"no-entity"}, nil},
	}
	model, err := schema.Load("mde")
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			plan, found := NewPlan("test", lacks, lower(t, c.yaml), Options{Model: model, Approximate: c.accept})
			var codes, notes []string
			for _, d := range found {
				codes = append(codes, d.Code)
				assert.Positive(t, d.Range.Start.Line)
			}
			assert.Equal(t, c.codes, codes)
			require.Equal(t, len(c.codes) > 0, plan == nil)
			if plan != nil {
				for _, n := range plan.Notes {
					notes = append(notes, n.Code)
				}
			}
			assert.Equal(t, c.notes, notes)
		})
	}
}

func TestPlanWithoutALogSource(t *testing.T) {
	model, err := schema.Load("mde")
	require.NoError(t, err)
	r := lower(t, "detection:\n  a: {Image: x}\n  condition: a\n")
	r.Source.LogSource.Category = "no_such_category"
	plan, found := NewPlan("test", nil, r, Options{Model: model})
	require.Nil(t, plan)
	require.Len(t, found, 1)
	assert.Equal(t, "no-log-source", found[0].Code)
}

func TestHeader(t *testing.T) {
	r := lower(t, "id: 5e0b8a52-6a0f-4e0c-9d53-7c4f0f0a3178\ndescription: "+
		"one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen\n"+
		"detection:\n  a: {Image: x}\n  condition: a\n")
	p := &Plan{Rule: r, Notes: []Note{{Code: "code", Effect: "cost", Message: "slow"}}}
	assert.Equal(t, []string{"T", "id: 5e0b8a52-6a0f-4e0c-9d53-7c4f0f0a3178",
		"one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen",
		"seventeen eighteen", "note: code (cost): slow"}, p.Header())
}

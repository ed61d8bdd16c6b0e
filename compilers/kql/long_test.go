package kql

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// TestLongQueriesAreNoted: Sentinel runs no query of more than 10,000 characters by schedule, and Defender names no such bound.
func TestLongQueriesAreNoted(t *testing.T) {
	var values []string
	for i := range 300 {
		values = append(values, fmt.Sprintf("a value of some thirty letters %d", i))
	}
	noted := func(model string, values []string) []compilers.Note {
		m, err := schema.Load(model)
		require.NoError(t, err)
		r := &ir.Rule{Source: &rules.Rule{LogSource: rules.LogSource{Product: "windows", Category: process}},
			Condition: &ir.Match{Field: ir.Field{Name: "CommandLine"}, Test: &ir.Text{Op: ir.Equals, Values: values}}}
		q, found := New().Compile(r, compilers.Options{Model: m})
		require.Empty(t, found)
		var long []compilers.Note
		for _, n := range q.Notes {
			if n.Code == "long-query" {
				assert.Contains(t, q.Text, "note: long-query")
				long = append(long, n)
			}
		}
		return long
	}
	assert.Len(t, noted("sentinel", values), 1)
	assert.Len(t, noted("sentinel-event", values), 1)
	assert.Len(t, noted("asim", values), 1)
	assert.Empty(t, noted("sentinel", values[:100]))
	assert.Empty(t, noted("mde", values))
}

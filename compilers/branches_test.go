package compilers_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/dialects"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

const twoUsers = `name: two
title: Two
time: [T]
sources:
  - {name: first, product: windows, category: process_creation, table: process, scope: [{column: Kind, values: [a]}],
     fields: {Image: {column: Image}, User: {column: FirstUser}}, columns: {T: datetime, Kind: string, Image: string, FirstUser: string, SecondUser: string}}
  - {name: second, product: windows, category: process_creation, table: process, scope: [{column: Kind, values: [b]}],
     fields: {Image: {column: Image}, User: {column: SecondUser}}, columns: {T: datetime, Kind: string, Image: string, FirstUser: string, SecondUser: string}}
`

// TestCorrelationsReadEachSourcesOwnColumns: sources of one table that a rule asks alike, and that hold what is grouped
// by in other columns, are asked apart, or one of them alone where that is accepted.
func TestCorrelationsReadEachSourcesOwnColumns(t *testing.T) {
	m := modelFrom(t, twoUsers)
	correlated := func(group string) *ir.Correlation {
		_, cs := lowered.Correlations(t, "title: A\nname: a\nlogsource: {product: windows, category: process_creation}\nextract: {Loud: {field: User, upper: true}}\ndetection: {s: {Image: x}, condition: s}\n---\n"+
			"title: C\ncorrelation: {type: event_count, rules: [a], group-by: "+group+", timespan: 5m, condition: {gte: 2}}\n")
		return cs[0]
	}
	for _, d := range dialects.All {
		t.Run(d.Name(), func(t *testing.T) {
			opt := compilers.Options{Model: m, Approximate: []string{"correlation-sequence"}}
			q, found := d.CompileCorrelation(correlated("Image"), opt)
			require.NotNil(t, q, found)
			if d.Name() != "kql" { // which also shows the user
				assert.NotContains(t, q.Text, "User")
			}
			q, found = d.CompileCorrelation(correlated("User"), opt)
			if d.Name() == "kql" {
				require.NotNil(t, q, found)
				assert.Contains(t, q.Text, "FirstUser")
				assert.Contains(t, q.Text, "SecondUser")
				q, found = d.CompileCorrelation(correlated("Loud"), opt)
				require.NotNil(t, q, found)
				assert.Contains(t, q.Text, "Of_Loud = toupper(FirstUser)")
				assert.Contains(t, q.Text, "Of_Loud = toupper(SecondUser)")
				return
			}
			require.Nil(t, q)
			assert.Equal(t, "several-sources", found[0].Code)
			opt.Approximate = append(opt.Approximate, "several-sources")
			q, found = d.CompileCorrelation(correlated("User"), opt)
			require.NotNil(t, q, found)
			assert.Contains(t, q.Text, "FirstUser")
			assert.NotContains(t, q.Text, "SecondUser")
			assert.False(t, strings.Contains(q.Text, `"b"`), "the other source is not asked")
		})
	}
}

package ir_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules"
	"decree/rules/ir"
	fixture "decree/tests/fixture/lowered"
)

// TestAFilterOfOneLogSource is asked of the events of that one, and a filter of all of them of every event.
func TestAFilterOfOneLogSource(t *testing.T) {
	r := fixture.Rule(t, "logsource: [{product: windows, category: file_event}, {product: linux, category: file_event}]\ndetection: {a: {Image: x}, condition: a}\n")
	all := fixture.Filtered(t, r, "logsource: {category: file_event}\nfilter: {rules: any, a: {User: all}, condition: not a}\n")
	assert.NotNil(t, all.Filter)
	assert.Empty(t, all.SourceFilters)
	linux := fixture.Filtered(t, all, "logsource: {product: linux}\nfilter: {rules: any, a: {User: linux}, condition: not a}\n")
	assert.Same(t, all.Filter, linux.Filter)
	assert.Equal(t, r.Source.OtherLogSources, linux.SourceFilters[0].LogSources)
	assert.Len(t, linux.Required(), 2)
	assert.Empty(t, linux.Unfiltered().Required())

	of := func(r *ir.Rule, product string) *ir.Rule {
		return r.OfSource(func(ls rules.LogSource) bool { return ls.Product == product })
	}
	assert.Same(t, all, of(all, "linux"))
	assert.Same(t, all.Filter, of(linux, "windows").Filter)
	assert.Equal(t, []ir.Node{all.Filter, linux.SourceFilters[0].Required}, of(linux, "linux").Filter.(*ir.And).Terms, "the nodes are the same, so that what is known of them stays")
	linux.Filter = nil
	assert.Nil(t, of(linux, "windows").Filter)
	assert.Same(t, linux.SourceFilters[0].Required, of(linux, "linux").Filter)

	never := ir.Rewrite(linux, func(m *ir.Match) ir.Node { return &ir.Const{Base: m.Base} })
	assert.IsType(t, &ir.Const{}, never.SourceFilters[0].Required.(*ir.Not).Term)
	assert.Nil(t, never.Filter)
	assert.IsType(t, &ir.Match{}, linux.SourceFilters[0].Required.(*ir.Not).Term, "the rule itself stays")
}

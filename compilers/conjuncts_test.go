package compilers

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/ir"
)

func named(name string, body ir.Node) *ir.Named { return &ir.Named{Name: name, Body: body} }

func match(field string) *ir.Match {
	return &ir.Match{Field: ir.Field{Name: field}, Test: &ir.Exists{Value: true}}
}

func TestSplitKeepsThePopulationWhole(t *testing.T) {
	population := named("population", &ir.And{Terms: []ir.Node{match("a"), match("b")}})
	rare := &ir.Prevalence{Name: "rare", Among: population}
	own := match("c")
	either := &ir.Or{Terms: []ir.Node{match("d"), rare}}
	conjuncts := Conjuncts(&ir.And{Terms: []ir.Node{population, &ir.And{Terms: []ir.Node{own, either}}}})
	require.Len(t, conjuncts, 3)
	early, late := SplitAtPrevalence(conjuncts, []*ir.Prevalence{rare})
	assert.Equal(t, []ir.Node{population}, early, "only what limits the population may come before counting")
	assert.Equal(t, []ir.Node{own, either}, late)
	assert.Len(t, FlatConjuncts(early), 2)

	everyone := &ir.Prevalence{Name: "rare", Spec: rules.Prevalence{Local: &rules.LocalPrevalence{Distinct: "host", Rarest: 1}}}
	early, late = SplitAtPrevalence([]ir.Node{population, everyone}, []*ir.Prevalence{everyone})
	assert.Empty(t, early, "all events of the log source are counted")
	assert.Len(t, late, 2)

	known := &ir.Prevalence{Name: "known", Spec: rules.Prevalence{Field: "sha1"}}
	early, late = SplitAtPrevalence([]ir.Node{population, &ir.Not{Term: known}}, []*ir.Prevalence{known})
	assert.Equal(t, []ir.Node{population}, early, "reputation by itself counts nothing")
	before, after := SplitAtReputation([]ir.Node{own, everyone, &ir.Or{Terms: []ir.Node{own, known}}})
	assert.Equal(t, []ir.Node{own, everyone}, before)
	assert.Len(t, after, 1)
	assert.Len(t, late, 1)
}

func TestMarkNegated(t *testing.T) {
	a, b, c := match("a"), match("b"), match("c")
	marks := map[ir.Node]bool{}
	MarkNegated(&ir.And{Terms: []ir.Node{a, &ir.Not{Term: &ir.Or{Terms: []ir.Node{b, named("x", c)}}}}}, marks)
	assert.Equal(t, "false true true", fmt.Sprint(marks[a], " ", marks[b], " ", marks[c]))
}

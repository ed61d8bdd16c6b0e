package ir_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/ir"
	"decree/rules/parse"
	fixture "decree/tests/fixture/lowered"
)

const joinedRules = `title: A
logsource: {product: windows}
joins:
  one: {rule: b, same: {host: host, ParentImage: Image}, before: 2h, after: 90s, count: {distinct: User, gt: 3}}
  two: {rule: c, same: [host], after: 10m}
detection: {s: {F: 1}, condition: s and one and not two}
---
title: B
name: b
logsource: {product: windows}
joins: {three: {rule: c, same: [User], before: 1d, after: 1h}}
detection: {s: {F: 2}, condition: s and three}
---
title: C
name: c
logsource: {product: windows}
detection: {s: {F: 3}, condition: s}
`

// TestJoins: what a rule joins, how far that reaches, and what is read of each.
func TestJoins(t *testing.T) {
	rs := fixture.Rules(t, joinedRules)
	a, b, c := rs[0], rs[1], rs[2]
	require.Len(t, a.Joins(), 2)
	assert.Same(t, b, a.Joins()[0].Rule)
	assert.Equal(t, []*ir.Rule{c, b}, a.Joined())
	assert.Equal(t, time.Hour+90*time.Second, a.Delay(), "b is known an hour after its own event")
	assert.Equal(t, 26*time.Hour, a.JoinReach())
	assert.Zero(t, c.Delay()+c.JoinReach())
	assert.Equal(t, []ir.Field{{Name: "host"}, {Name: "Image"}, {Name: "User"}}, a.ReadOf(b))
	assert.Equal(t, []ir.Field{{Name: "Image", Level: 1}}, a.Joins()[0].Mine[1:])
	assert.Equal(t, "distinct User in matches of b with the same host, parent's Image as its Image up to 2h before or up to 1m30s after: gt 3", a.Joins()[0].Describe())
	assert.Equal(t, " up to 10m after", a.Joins()[1].Window())
	assert.Contains(t, ir.Dump(a), "matches of c with the same host up to 10m after: gte 1")

	filtered := map[*ir.Rule]*ir.Rule{}
	again := a.RewriteJoined(func(r *ir.Rule) *ir.Rule {
		if filtered[r] == nil {
			filtered[r] = r.Filtered(everyEvent, &ir.Const{Value: true})
		}
		return filtered[r]
	})
	assert.NotNil(t, again.Joins()[0].Rule.Filter)
	assert.NotNil(t, again.Joins()[0].Rule.Joins()[0].Rule.Filter, "also what is joined through others")
	assert.Nil(t, a.Joins()[0].Rule.Filter, "the rule itself stays as it is")
	assert.Same(t, c, c.RewriteJoined(func(r *ir.Rule) *ir.Rule { return nil }))
	assert.Equal(t, ir.Anonymous(a.Condition), ir.Anonymous(ir.Anonymous(a.Condition)))
	rewritten := ir.Rewrite(a, func(m *ir.Match) ir.Node { return &ir.Const{Base: m.Base, Value: true} })
	assert.Len(t, ir.Settle(rewritten).Joins(), 2)
	assert.False(t, ir.AsksPrevalence(a.Condition))
	assert.Equal(t, a.Condition, ir.WithoutPrevalence(a.Condition))
}

// TestLinkJoinsLeavesOut: a rule without a tree, and what joins it, are not run.
func TestLinkJoinsLeavesOut(t *testing.T) {
	file, found := parse.Documents("rule.yml", []byte(joinedRules), nil)
	require.Empty(t, found)
	_, found = parse.LinkJoins(file.Rules, nil)
	require.Empty(t, found)
	trees := map[*rules.Rule]*ir.Rule{}
	var all []*ir.Rule
	for _, r := range file.Rules[:2] { // c could not be read
		trees[r], _ = ir.Lower(r)
		all = append(all, trees[r])
	}
	linked, found := ir.LinkJoins(all, trees)
	assert.Empty(t, linked)
	var codes []string
	for _, d := range found {
		codes = append(codes, d.Code)
	}
	assert.Equal(t, []string{"unreadable-input", "unreadable-input", "unreadable-input"}, codes)
}

// TestPrevalenceIsNotCountedAmongJoins reports a population that other events decide.
func TestPrevalenceIsNotCountedAmongJoins(t *testing.T) {
	rs, found := parse.Rules("rule.yml", []byte("title: A\nlogsource: {product: windows}\njoins: {j: {rule: b, same: [host], before: 2h}}\nprevalence: {p: {field: sha1, among: j, local: {distinct: host, lte: 2}}}\ndetection: {s: {F: 1}, condition: s and p}\n"), nil)
	require.Empty(t, found)
	_, found = ir.Lower(rs[0])
	require.Len(t, found, 1)
	assert.Equal(t, "prevalence-nested", found[0].Code)
}

// TestCorrelationsAreReadAndRewritten: what a chain of correlations reads, how far back, and with other rules in place.
func TestCorrelationsAreReadAndRewritten(t *testing.T) {
	rs, cs := fixture.Correlations(t, "title: B\nname: b\nlogsource: {product: windows}\ndetection: {s: {F: 2}, condition: s}\n---\n"+
		"title: Inner\nname: inner\ncorrelation: {type: value_count, rules: [b], group-by: [host], timespan: 1h, condition: {field: User, gte: 2}}\n---\n"+
		"title: Outer\ncorrelation: {type: event_count, rules: [inner], group-by: [Image], timespan: 2h, condition: {gte: 2}}\n")
	outer := cs[1]
	assert.Equal(t, cs, outer.Chain())
	assert.Equal(t, rs, outer.Rules())
	assert.Equal(t, 3*time.Hour, outer.Reach())
	assert.ElementsMatch(t, []ir.Field{{Name: "host"}, {Name: "User"}, {Name: "Image"}}, outer.Reads(rs[0]))
	assert.Equal(t, cs[0].Values[0].At, outer.PlaceOf(rs[0], ir.Field{Name: "User"}))
	assert.Equal(t, outer.Source.TypeRange, outer.PlaceOf(rs[0], ir.Field{Name: "other"}))
	other := rs[0].Filtered(everyEvent, &ir.Const{Value: false})
	again := outer.Rewrite(func(*ir.Rule) *ir.Rule { return other })
	assert.Equal(t, []*ir.Rule{other}, again.Rules())
	assert.Equal(t, rs, outer.Rules())
}

// everyEvent is a filter of any log source.
var everyEvent = &rules.Filter{Body: &rules.Rule{}}

// TestAFieldIsNamedWhereItsRuleHasIt: an alias may give another rule a field of the same name.
func TestAFieldIsNamedWhereItsRuleHasIt(t *testing.T) {
	rs, cs := fixture.Correlations(t, "title: A\nname: a\nlogsource: {product: windows}\ndetection: {s: {F: 2}, condition: s}\n---\n"+
		"title: B\nname: b\nlogsource: {product: windows}\ndetection: {s: {F: 2}, condition: s}\n---\n"+
		"title: Both\ncorrelation: {type: temporal, rules: [a, b], aliases: {who: {a: Parent, b: User}}, group-by: [who, User], timespan: 1h}\n")
	user := ir.Field{Name: "User"}
	assert.Equal(t, cs[0].GroupBy[1].At, cs[0].PlaceOf(rs[0], user))
	assert.Equal(t, cs[0].GroupBy[0].At, cs[0].PlaceOf(rs[1], user))
}

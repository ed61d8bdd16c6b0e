package ir_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/source"
)

// TestListsOfLists: every list that a used one is made of is there, and a union says no more and no less than its
// members.
func TestListsOfLists(t *testing.T) {
	for _, c := range []struct {
		name, lists, used string
		want              map[string][]string // list -> what it is the union of; nil for values alone
	}{
		{"a union of a union", "{a: [a], b: [b], c: [c], inner: {union: [a, b]}, outer: {union: [inner, c]}}", "outer",
			map[string][]string{"a": nil, "b": nil, "c": nil, "inner": {"a", "b"}, "outer": {"inner", "c"}}},
		{"written before its members", "{outer: {union: [inner, c]}, inner: {union: [deep]}, deep: {union: [a, b]}, a: [a], b: [b], c: [c]}", "outer",
			map[string][]string{"a": nil, "b": nil, "c": nil, "deep": {"a", "b"}, "inner": {"deep"}, "outer": {"inner", "c"}}},
		{"values taken out of a union", "{a: [a], b: [b], both: {union: [a, b]}, less: {union: [both], except: [a]}}", "less", map[string][]string{"a": nil, "b": nil, "both": {"a", "b"}, "less": nil}},
		{"a union of what has values taken out", "{a: [a, x], b: [x], c: [c], less: {union: [a], except: [b]}, all: {union: [less, c]}}", "all",
			map[string][]string{"a": nil, "less": nil, "c": nil, "all": {"less", "c"}}},
		{"a file and a union", "{a: [a], more: {file: more.yml, union: [a]}}", "more", map[string][]string{"a": nil, "more": nil}},
		{"one value in two cases", "{a: [Tool.exe], b: [tool.exe], both: {union: [a, b]}}", "both", map[string][]string{"a": nil, "b": nil, "both": nil}},
		{"lists that nobody uses", "{a: [a], b: [b], other: {union: [b]}}", "a", map[string][]string{"a": nil}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := source.NewFolder("rules", fstest.MapFS{
				"more.yml": {Data: []byte("title: More\nvalues: [z]\n")},
				"rule.yml": {Data: []byte("title: T\nlogsource: {category: process_creation}\nlists: " + c.lists + "\ndetection: {s: {Image|filename|expand: '%" + c.used + "%'}, condition: s}\n")},
			})
			rs, found := parse.RulesIn(folder, "rule.yml")
			require.False(t, found.HasErrors(), "%v", found)
			r, found := ir.Lower(rs[0])
			require.Empty(t, found)
			got, values := map[string][]string{}, map[string][]string{}
			for _, l := range r.Lists {
				got[l.Name], values[l.Name] = l.Union, l.Values
			}
			assert.Equal(t, c.want, got)
			for _, l := range r.Lists {
				var members []string
				for _, m := range l.Union {
					members = append(members, values[m]...)
				}
				if l.Union != nil {
					slices.Sort(members)
					own := slices.Clone(l.Values)
					slices.Sort(own)
					assert.Equal(t, own, slices.Compact(members), l.Name)
				}
			}
		})
	}
}

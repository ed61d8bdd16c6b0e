package eql

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules/diag"
	"decree/tests/fixture/lowered"
)

// joined compiles a rule that joins others of its file.
func joined(t *testing.T, joins, condition string, accept ...string) (*compilers.Query, diag.Diagnostics) {
	t.Helper()
	rs := lowered.Rules(t, "title: T\nlogsource: {product: windows, category: process_creation}\nextract: {Where: {field: Path, lower: true}, Part: {field: Path, split: /, at: 0}, Loud: {field: Where, upper: true}}\njoins:\n"+joins+"detection: {s: {CommandLine: x}, y: {CommandLine: y}, condition: "+condition+"}\n---\n"+
		"title: O\nname: o\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine: z}, condition: s}\n---\n"+
		"title: N\nname: n\nlogsource: {product: windows, category: process_creation}\njoins: {o: {rule: o, same: [host], before: 1h}}\ndetection: {s: {CommandLine: n}, condition: s and o}\n")
	return New().Compile(rs[0], compilers.Options{Model: model(), Approximate: accept})
}

// TestJoinsAsSequences: the other event is first or last, and the query says how much further back it must search.
func TestJoinsAsSequences(t *testing.T) {
	event := func(command, by string) string { // an empty text joins nothing
		return "[process where ?host.os.type : \"windows\" and\n    ?event.type : \"start\" and\n    ?process.command_line : \"" + command + "\" and\n    ?" + by + " != \"\"\n    // Begin environment-specific filter.\n    // End environment-specific filter.\n  ] by " + by
	}
	for joins, want := range map[string]string{
		"  j: {rule: o, same: [Path], before: 90s}\n":                  event("z", "file.path") + "\n  " + event("x", "file.path") + "\n",
		"  j: {rule: o, same: {Path: OriginalFileName}, after: 90s}\n": event("x", "file.path") + "\n  " + event("z", "process.pe.original_file_name") + "\n",
		"  j: {rule: o, same: [Path], before: 90s, count: {gt: 0}}\n":  event("z", "file.path") + "\n  " + event("x", "file.path") + "\n",
		"  j: {rule: o, same: {Loud: Path}, before: 90s}\n":            event("z", "file.path") + "\n  " + event("x", "file.path") + "\n",
	} {
		q, found := joined(t, joins, "s and j", "join")
		require.Empty(t, found, joins)
		assert.Equal(t, "sequence with maxspan=90s\n  "+want, q.Text[strings.Index(q.Text, "sequence with"):])
		assert.Equal(t, 90*time.Second, q.Result.Reach)
		assert.Equal(t, []string{"join", "join-period"}, []string{q.Notes[0].Code, q.Notes[1].Code})
	}
}

// TestJoinsThatAreNoSequence names each gap.
func TestJoinsThatAreNoSequence(t *testing.T) {
	for _, c := range []struct{ joins, condition, code string }{
		{"  j: {rule: o, same: [Path], before: 90s}\n", "s and j", "join"}, // not accepted
		{"  j: {rule: o, same: [Path], before: 90s}\n", "s and not j", "join-sequence"},
		{"  j: {rule: o, same: [Path], before: 90s}\n", "s and (j or y)", "join-sequence"},
		{"  j: {rule: o, same: [Path], within: 90s}\n", "s and j", "join-sequence"},
		{"  j: {rule: o, same: [Path], before: 90s, count: {gte: 2}}\n", "s and j", "join-sequence"},
		{"  j: {rule: o, same: [Path], before: 90s, count: {distinct: User, gte: 1}}\n", "s and j", "join-sequence"},
		{"  j: {rule: o, same: [Path], before: 90s}\n  k: {rule: o, same: [User], before: 90s}\n", "s and j and k", "join-sequence"},
		{"  j: {rule: n, same: [Path], before: 90s}\n", "s and j", "join-sequence"},
		{"  j: {rule: o, same: [Nothing], before: 90s}\n", "s and j", "join-field"},
		{"  j: {rule: o, same: {Path: Nothing}, before: 90s}\n", "s and j", "join-field"},
		{"  j: {rule: o, same: {Part: Path}, before: 90s}\n", "s and j", "join-extract"},
	} {
		accept := []string{"all"}
		if c.code == "join" {
			accept = nil
		}
		q, found := joined(t, c.joins, c.condition, accept...)
		assert.Nil(t, q, c.joins)
		require.NotEmpty(t, found, c.joins)
		assert.Equal(t, c.code, found[0].Code, "%s %s", c.joins, c.condition)
	}
	_, cs := lowered.Correlations(t, "title: N\nname: n\nlogsource: {product: windows, category: process_creation}\njoins: {o: {rule: o, same: [Path], before: 1h}}\ndetection: {s: {CommandLine: n}, condition: s and o}\n---\n"+
		"title: O\nname: o\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine: z}, condition: s}\n---\n"+
		"title: C\ncorrelation: {type: event_count, rules: [n], timespan: 1h, condition: {gte: 2}}\n")
	_, found := New().CompileCorrelation(cs[0], compilers.Options{Model: model(), Approximate: []string{"all"}})
	require.NotEmpty(t, found)
	assert.Equal(t, "correlation-join", found[0].Code)
}

// TestRefusalOfACountNamesTheCorrelation: a count of events before is a sequence of a correlation; another is not.
func TestRefusalOfACountNamesTheCorrelation(t *testing.T) {
	const instead = "use kql or spl, or a correlation of type temporal_ordered: an event_count of the other rule, and then this rule"
	for join, want := range map[string]string{
		"before: 5m, count: {gte: 3}":                 instead,
		"after: 5m, count: {gte: 3}":                  "use kql or spl",
		"before: 5m, count: {gte: 3, distinct: User}": "use kql or spl",
	} {
		rs := lowered.Rules(t, "title: A\nlogsource: {product: windows, category: process_creation}\njoins: {j: {rule: b, same: [host], "+join+"}}\ndetection: {s: {Image: x}, condition: s and j}\n---\ntitle: B\nname: b\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: y}, condition: s}\n")
		q, found := New().Compile(rs[0], compilers.Options{Model: lowered.Model(t, "ecs")})
		require.Nil(t, q)
		require.Equal(t, "join-sequence", found[0].Code)
		assert.Equal(t, want, found[0].Hint, join)
	}
}

package kql

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

// TestWhatTheConditionsRuleOutIsNotLeftOutAgain: the branch of channels that no service names finds no event of a
// service's channel, so that it need not leave out what the branches of these find.
func TestWhatTheConditionsRuleOutIsNotLeftOutAgain(t *testing.T) {
	m := lowered.Model(t, "sentinel")
	for detection, want := range map[string]int{
		"s: {EventID: 1, Channel|contains: Sysmon, Image|re: a.c}, condition: s":                                                  1,
		"s: {EventID: 1, Channel|contains: Sysmon, Image|re: a.c}, a: {EventID: 4688, NewProcessName|re: a.c}, condition: s or a": 1,
		"s: {EventID: 4688, CommandLine: x}, k: {ProcessId: 7}, condition: s or k":                                                1,
	} {
		q, found := New().Compile(lowered.Rule(t, "logsource: {product: windows}\ndetection: {"+detection+"}\n"), compilers.Options{Model: m})
		require.Empty(t, found)
		assert.Equal(t, want, strings.Count(q.Text, "where not("), "%s\n%s", detection, q.Text)
	}
}

const inTwoBranches = "logsource: {product: windows}\ndetection: {s: {EventID: 4688, CommandLine: x}, k: {ProcessId: 7}, condition: s or k}\n"

const leavesOutCreations = "where not(isnotnull(EventID) and EventID == 4688 and ((isnotnull(EventID) and EventID == 4688 and CommandLine =~ \"x\") or (isnotnull(toreal(NewProcessId)) and toreal(NewProcessId) == 7)))"

// TestAnEventIsFoundOnce: the whole Security log and its process creations have a process id in different columns, so
// both are searched. What the narrower finds is left out of the wider.
func TestAnEventIsFoundOnce(t *testing.T) {
	m := lowered.Model(t, "sentinel")
	q, found := New().Compile(lowered.Rule(t, inTwoBranches), compilers.Options{Model: m})
	require.Empty(t, found)
	assert.Equal(t, 2, strings.Count(q.Text, "\n  SecurityEvent\n"))
	assert.Equal(t, 1, strings.Count(q.Text, leavesOutCreations), q.Text)

	t.Run("condition of both branches", func(t *testing.T) {
		r := lowered.Rule(t, strings.Replace(inTwoBranches, "condition: s or k", "h: {Computer: pc}, condition: h and (s or k)", 1))
		q, found := New().Compile(r, compilers.Options{Model: m})
		require.Empty(t, found)
		assert.Equal(t, 1, strings.Count(q.Text, leavesOutCreations), "the computer is asked by the branch itself\n%s", q.Text)
	})
	t.Run("joined", func(t *testing.T) {
		rs := lowered.Rules(t, "title: A\nname: a\n"+inTwoBranches+"---\ntitle: B\njoins: {j: {rule: a, same: [host], before: 1h}}\n"+strings.Replace(inTwoBranches, "s or k", "j and (s or k)", 1))
		q, found := New().Compile(rs[1], compilers.Options{Model: m})
		require.Empty(t, found)
		assert.Equal(t, strings.Count(q.Text, "SecurityEvent\n")/2, strings.Count(q.Text, leavesOutCreations), q.Text)
	})
	t.Run("correlation", func(t *testing.T) {
		_, cs := lowered.Correlations(t, "title: A\nname: a\n"+inTwoBranches+"---\ntitle: B\ncorrelation: {type: event_count, rules: [a], group-by: [host], timespan: 1h, condition: {gte: 2}}\n")
		q, found := New().CompileCorrelation(cs[0], compilers.Options{Model: m})
		require.Empty(t, found)
		assert.Equal(t, 1, strings.Count(q.Text, leavesOutCreations), q.Text)
	})
	t.Run("narrower asks for another event", func(t *testing.T) {
		r := lowered.Rule(t, strings.Replace(inTwoBranches, "k: {ProcessId: 7}", "k: {ProcessId: 7, ParentCommandLine: y}", 1))
		q, found := New().Compile(r, compilers.Options{Model: m})
		require.Empty(t, found)
		first, second := strings.Index(q.Text, "where not("), strings.Index(q.Text, "join kind=leftouter")
		assert.Less(t, first, second, "the wider branch asks the event alone, so the narrower leaves out what that finds\n%s", q.Text)
		assert.Equal(t, 1, strings.Count(q.Text, "where not("))
	})
	t.Run("both ask for another event, by different columns", func(t *testing.T) {
		rs := lowered.Rules(t, "title: A\nname: a\n"+inTwoBranches+"---\ntitle: B\njoins: {j: {rule: a, same: [ProcessId], before: 1h}}\n"+strings.Replace(inTwoBranches, "s or k", "j and s", 1))
		q, found := New().Compile(rs[1], compilers.Options{Model: m})
		require.Nil(t, q)
		assert.Equal(t, "several-sources", found[len(found)-1].Code)
		assert.Equal(t, "kql: security_process_creation and security of data model sentinel read one table, and other events decide which events both find", found[len(found)-1].Message)
		q, _ = New().Compile(rs[1], compilers.Options{Model: m, Approximate: []string{"several-sources"}})
		require.NotNil(t, q)
		assert.True(t, slices.ContainsFunc(q.Notes, func(n compilers.Note) bool { return n.Code == "several-sources" && n.Effect == "false-positives" }))
	})
}

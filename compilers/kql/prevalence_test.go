package kql

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

// TestALongerPopulationIsReadApart has the rule's other conditions limit its own events, and its lists stand once.
func TestALongerPopulationIsReadApart(t *testing.T) {
	const text = `title: T
logsource: {product: windows, category: process_creation}
schedule: {every: 1h, lookback: 2h}
lists: {tools: [a.exe, b.exe, c.exe, d.exe, e.exe, f.exe]}
ancestry: {child: {ancestor: {level: 3, Image|filename: x.exe}}}
prevalence: {rare: {field: sha1, among: wide, local: {distinct: host, lte: 3, over: 14d}}}
detection:
  listed: {Image|filename|expand: '%tools%'}
  wide: {ParentImage|filename|expand: '%tools%'}
  mine: {CommandLine|contains: mine}
  condition: mine and listed and rare
`
	compile := func(text string) *compilers.Query {
		q, found := New().Compile(lowered.Rule(t, text), compilers.Options{Model: lowered.Model(t, "mde")})
		require.Empty(t, found)
		return q
	}
	q := compile(text)
	assert.Equal(t, 1, strings.Count(q.Text, "dynamic(["), q.Text)
	assert.Equal(t, 1, strings.Count(q.Text, `contains "mine"`), q.Text)
	assert.Equal(t, 2, strings.Count(q.Text, "ingestion_time()"), q.Text)
	assert.Contains(t, q.Text, "  | where ingestion_time() >= ago(14d)\n")
	assert.Equal(t, 14*24*time.Hour-2*time.Hour, q.Result.Reach)

	deep := compile(strings.Replace(text, "among: wide", "among: child", 1))
	assert.Contains(t, deep.Text, "where ingestion_time() >= ago(14d + 1d)", deep.Text)
	assert.Equal(t, 14*24*time.Hour-2*time.Hour+24*time.Hour, deep.Result.Reach)

	open := compile(strings.Replace(text, "schedule: {every: 1h, lookback: 2h}\n", "", 1))
	assert.NotContains(t, open.Text, "ago(")
	require.Len(t, open.Notes, 1)
	assert.Equal(t, "prevalence-period", open.Notes[0].Code)
	assert.Equal(t, "false-positives", open.Notes[0].Effect)
}

// TestACountedValueKeepsItsCase: a filter may test the case of a value that was counted in lower case.
func TestACountedValueKeepsItsCase(t *testing.T) {
	q, found := New().Compile(lowered.Rule(t, `title: T
logsource: {product: windows, category: process_creation}
schedule: {every: 1h, lookback: 2h}
prevalence: {rare: {field: Image, local: {distinct: host, lte: 3}}}
detection:
  mine: {CommandLine|contains: mine}
  condition: mine and rare
`), compilers.Options{Model: lowered.Model(t, "mde")})
	require.Empty(t, found)
	assert.Contains(t, q.Text, "| where tolower(FolderPath) in ((rare | project FolderPath))\n"+
		"| extend Value_rare = tolower(FolderPath)\n"+
		"| join kind=leftouter (rare | extend Known_rare = FolderPath | project-away FolderPath) on $left.Value_rare == $right.Known_rare\n"+
		"| project-away Value_rare, Known_rare\n"+
		"// Begin environment-specific filter.\n")
}

// TestCountedEventsAreNotTheRules: what the rule's condition tells of its own events does not settle which column has a
// value in the events that it counts.
func TestCountedEventsAreNotTheRules(t *testing.T) {
	const either = `iff(ActionType =~ "InboundConnectionAccepted", LocalPort, RemotePort) == 22`
	for condition, want := range map[string]string{"s and p": either, "s and q and p": either, "s and not p": either} {
		r := lowered.Rule(t, "logsource: {product: windows, category: network_connection}\nprevalence: {p: {field: Image, among: q, local: {distinct: host, lte: 1}}}\ndetection:\n  q: {DestinationPort: 22}\n  s: {Initiated: 'true'}\n  condition: "+condition+"\n")
		q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "mde")})
		require.NotNil(t, q, found)
		assert.Contains(t, q.Text, want, condition)
		assert.NotContains(t, q.Text, "where RemotePort == 22", condition)
	}
}

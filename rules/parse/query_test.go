package parse

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const onlyQuery = `
title: Cleared
id: 6f2a7a5e-52b3-4c0b-8d7e-0d9f5a1c2e11
name: cleared
query:
  sentinel: |
    SecurityEvent
    | where EventID == 1102

  kibana: {text: 'any where true', id: one, language: kuery, index: logs-*}
`

func TestAQueryNeedsNoDetection(t *testing.T) {
	read, found := Documents("rule.yml", []byte(onlyQuery), nil)
	require.Empty(t, found)
	require.Empty(t, read.Rules)
	require.Len(t, read.Written, 1)
	r := read.Written[0]
	assert.True(t, r.OnlyWritten())
	assert.Equal(t, "SecurityEvent\n| where EventID == 1102", r.QueryFor("prod", "sentinel", "kql").Text)
	assert.Nil(t, r.QueryFor("", "spl"))
	q := r.QueryFor("kibana", "eql")
	assert.Equal(t, []string{"any where true", "one", "kuery", "logs-*"}, []string{q.Text, q.ID, q.Language, q.Index[0]})
	_, found = Rules("rule.yml", []byte(onlyQuery), nil)
	require.Len(t, found, 1)
	assert.Equal(t, "this rule has queries and no detection", found[0].Message)
}

func TestACorrelationCannotReadAQuery(t *testing.T) {
	read, found := Documents("rule.yml", []byte(onlyQuery+"---\ntitle: Many\ncorrelation: {type: event_count, rules: [cleared], timespan: 1h, condition: {gte: 3}}\n"), nil)
	require.Empty(t, found)
	linked, found := Link(read.Written, read.Correlations)
	assert.Empty(t, linked)
	require.Len(t, found, 1)
	assert.Equal(t, `"cleared" has a query and no detection: a correlation cannot read it`, found[0].Message)
}

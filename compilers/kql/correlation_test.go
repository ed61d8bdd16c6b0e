package kql

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

const logons = `title: Failed logon
name: failed_logon
logsource: {product: windows, service: security}
detection: {s: {EventID: 4625}, condition: s}
---
title: Logon
name: logon
logsource: {product: windows, service: security}
detection: {s: {EventID: 4624}, condition: s}
---
title: Many failed logons
name: many_failed_logons
correlation: {type: event_count, rules: [failed_logon], group-by: [TargetUserName], timespan: 5m, condition: {gte: 5, lt: 100}}
---
`

// correlated compiles the last correlation of a text that stands behind logons.
func correlated(t *testing.T, text, model string) (*compilers.Query, []string) {
	t.Helper()
	m := lowered.Model(t, model)
	return correlatedIn(t, text, m)
}

func correlatedIn(t *testing.T, text string, m *schema.Model) (*compilers.Query, []string) {
	t.Helper()
	_, cs := lowered.Correlations(t, logons+"title: T\n"+text)
	q, found := New().CompileCorrelation(cs[len(cs)-1], compilers.Options{Model: m})
	var codes []string
	for _, d := range found {
		codes = append(codes, d.Code)
	}
	return q, codes
}

// TestGoldenCorrelations pins whole queries.
func TestGoldenCorrelations(t *testing.T) {
	for name, text := range map[string]string{
		"chain":  "schedule: {every: 1h, lookback: 2h}\ncorrelation: {type: temporal_ordered, rules: [many_failed_logons, logon], group-by: [TargetUserName], timespan: 10m}",
		"tuples": "correlation: {type: value_count, rules: [failed_logon], group-by: [IpAddress], timespan: 1h, condition: {field: [TargetUserName, Computer], gt: 3, lte: 9}}",
		"some":   "correlation: {type: temporal, rules: [failed_logon, logon], group-by: [who], timespan: 1h, condition: logon and not failed_logon, aliases: {who: {logon: TargetUserName, failed_logon: SubjectUserName}}}",
		"rank":   "correlation: {type: value_percentile, rules: [logon], timespan: 90s, condition: {field: LogonType, percentile: 95, neq: 3}}",
		"number": "correlation: {type: temporal, rules: [failed_logon, logon], timespan: 1d, condition: {gte: 2}}",
	} {
		t.Run(name, func(t *testing.T) {
			q, codes := correlated(t, text, "sentinel")
			require.Empty(t, codes)
			path := "testdata/sentinel/correlation_" + name + ".kql"
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(q.Text), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(want), q.Text)
		})
	}
}

func TestCorrelationsRefused(t *testing.T) {
	listed, err := schema.LoadFile(overlay(t, "name: mine\nextends: sentinel\nsources: [{name: security, unlisted_in: ''}]\n"))
	require.NoError(t, err)
	for _, c := range []struct {
		name, text string
		model      *schema.Model
		code       string
	}{
		{"a field without a column", "correlation: {type: event_count, rules: [logon], group-by: [Nothing], timespan: 1h, condition: {gte: 2}}", listed, "correlation-field"},
		{"a table that is not there", "correlation: {type: event_count, rules: [logon], timespan: 1h, condition: {gte: 2}}", lowered.Model(t, "mde"), "no-log-source"},
	} {
		q, codes := correlatedIn(t, c.text, c.model)
		assert.Nil(t, q, c.name)
		assert.Contains(t, codes, c.code, c.name)
	}
}

// TestCorrelationsTellEventsApart: Sentinel's tables all have a column that does. Where none does, events of several
// inputs at one time are one, and the query says so.
func TestCorrelationsTellEventsApart(t *testing.T) {
	const two = "correlation: {type: temporal, rules: [failed_logon, logon], group-by: [TargetUserName], timespan: 1h}"
	m := lowered.Model(t, "sentinel")
	q, _ := correlatedIn(t, two, m)
	assert.Contains(t, q.Text, "Event = _ItemId")
	assert.NotContains(t, q.Text, "event-identity")
	m.ID = nil
	q, _ = correlatedIn(t, two, m)
	assert.Contains(t, q.Text, "note: event-identity (false-negatives): SecurityEvent has no column that tells its events apart")
	q, _ = correlatedIn(t, "correlation: {type: event_count, rules: [logon], timespan: 1h, condition: {gte: 2}}", m)
	assert.NotContains(t, q.Text, "event-identity", "one input's events need no names")
}

// TestCorrelationsReadValuesInTexts: a group is what stands inside a text, not the text.
func TestCorrelationsReadValuesInTexts(t *testing.T) {
	m, err := schema.LoadFile(overlay(t, "name: mine\nextends: sentinel\nsources: [{name: security, fields: {Last: {column: TargetUserName, type: pattern, key: '([^.]*)$'}}}]\n"))
	require.NoError(t, err)
	q, _ := correlatedIn(t, "correlation: {type: event_count, rules: [logon], group-by: [Last], timespan: 1h, condition: {gte: 2}}", m)
	require.NotNil(t, q)
	assert.Contains(t, q.Text, `Of_Last = extract(@"([^.]*)$", 1, TargetUserName)`)
}

// TestCorrelationsReadValuesThatAreSpread: where a value may stand in several columns, the first that has one counts.
func TestCorrelationsReadValuesThatAreSpread(t *testing.T) {
	m, err := schema.LoadFile(overlay(t, "name: mine\nextends: sentinel\nsources: [{name: security, fields: {Who: {column: TargetUserName, spread: [TargetUserName, SubjectUserName]}}}]\n"))
	require.NoError(t, err)
	q, _ := correlatedIn(t, "correlation: {type: event_count, rules: [logon], group-by: [Who], timespan: 1h, condition: {gte: 2}}", m)
	require.NotNil(t, q)
	assert.Contains(t, q.Text, "Of_Who = coalesce(TargetUserName, SubjectUserName)")
}

// TestCorrelationsReadEntitiesOfSomeTables: an event of a table that lacks the entity is of no group, and those of the
// others are grouped.
func TestCorrelationsReadEntitiesOfSomeTables(t *testing.T) {
	m, err := schema.LoadFile(overlay(t, "name: mine\nextends: sentinel\nsources: [{name: security, unlisted_in: ''}, {name: security_channel, entities: {ip: {column: EventData.IpAddress}}}]\n"))
	require.NoError(t, err)
	q, _ := correlatedIn(t, "correlation: {type: event_count, rules: [logon], group-by: [ip], timespan: 1h, condition: {gte: 2}}", m)
	require.NotNil(t, q)
	assert.Contains(t, q.Text, `Of_ip = "",`)
	assert.Contains(t, q.Text, "Of_ip = tostring(EventData.IpAddress),")
}

func overlay(t *testing.T, text string) string {
	file := filepath.Join(t.TempDir(), "m.yml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// TestNamesOfCorrelationsCannotBreakOut: what a rule is named by becomes names of statements and columns.
func TestNamesOfCorrelationsCannotBreakOut(t *testing.T) {
	q, codes := correlated(t, "name: 'let x = 1; //'\ncorrelation: {type: event_count, rules: [logon], group-by: ['a\"; drop b'], aliases: {'a\"; drop b': {logon: TargetUserName}}, timespan: 1h, condition: {gte: 2}}", "sentinel")
	require.Empty(t, codes)
	assert.Contains(t, q.Text, `["a\"; drop b"] = By_a___drop_b`)
	assert.NotContains(t, q.Text, `a"`)
	assert.Contains(t, q.Text, "let let_x___1____ = ")
}

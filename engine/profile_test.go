package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

func TestProfileCountsWhatWasAsked(t *testing.T) {
	hit, miss := lowered.Rule(t, "detection:\n  a: {Image: x}\n  condition: a\n"), lowered.Rule(t, "detection:\n  a: {Image: never}\n  condition: a\n")
	e, found := engine.New([]*ir.Rule{miss, hit}, engine.Options{Measure: true})
	require.Empty(t, found)
	lines := []string{`{"Image":"x"}`, `{"Image":"y"}`}
	enginetest.Add(t, e, lines...)
	_, _, err := e.Finish()
	require.NoError(t, err)
	p := e.Profile()
	assert.Equal(t, len(lines[0])+len(lines[1]), p.Bytes)
	require.Len(t, p.ByRules, 1, "a rule that was never asked is none of them")
	assert.Equal(t, hit, p.ByRules[0].Rule)
	assert.Equal(t, []int{1, 1}, []int{p.ByRules[0].Asked, p.ByRules[0].Matched})
	e, _ = engine.New([]*ir.Rule{hit}, engine.Options{})
	assert.Nil(t, e.Profile())
}

// TestEventsOfAnotherModelDoNotFit holds that one column of the model that is asked for makes an event fit, and what
// any product has does not.
func TestEventsOfAnotherModelDoNotFit(t *testing.T) {
	e, found := engine.New([]*ir.Rule{lowered.Rule(t, "detection:\n  a: {Image: x}\n  condition: a\n")}, engine.Options{Model: lowered.Model(t, "mde")})
	require.Empty(t, found)
	assert.False(t, e.Fits(event.TextContent([]byte(`{"id":"1","timestamp":"t","winlog":{"channel":"c"}}`))))
	assert.True(t, e.Fits(event.TextContent([]byte(`{"FolderPath":"x"}`))))
	assert.False(t, e.Fits(event.TextContent([]byte(`none`))))
	enginetest.Add(t, e, `{"id":1}`)
	assert.False(t, e.Fitted())
	enginetest.Add(t, e, `{"ActionType":"x"}`)
	assert.True(t, e.Fitted())
}

// TestRulesWithoutReputation names the rules that asked for what nothing told.
func TestRulesWithoutReputation(t *testing.T) {
	asks := lowered.Rule(t, "prevalence:\n  rare: {field: sha1, global: {lt: 250}}\ndetection:\n  a: {Image: '*'}\n  condition: a and rare\n")
	counts := lowered.Rule(t, "prevalence:\n  rare: {field: sha1, local: {distinct: host, lte: 1}}\ndetection:\n  a: {Image: '*'}\n  condition: a and rare\n")
	e, found := engine.New([]*ir.Rule{asks, counts}, engine.Options{Model: lowered.Model(t, "mde")})
	require.Empty(t, found)
	enginetest.Add(t, e, enginetest.DefenderProcess(1, "10:00:00", "h", "x", "c"))
	_, _, err := e.Finish()
	require.NoError(t, err)
	assert.Equal(t, []*ir.Rule{asks}, e.WithoutReputation())

	e, found = engine.New([]*ir.Rule{asks}, engine.Options{Model: lowered.Model(t, "mde")})
	require.Empty(t, found)
	enginetest.Add(t, e, `{"ActionType":"ConnectionSuccess","ReportId":1,"DeviceId":"h"}`)
	_, _, err = e.Finish()
	require.NoError(t, err)
	assert.Empty(t, e.WithoutReputation(), "no event is of the rule's log source")
}

// TestMatchesInTheLookback holds which events a rule and a correlation of it report at a time.
func TestMatchesInTheLookback(t *testing.T) {
	rs, cs := lowered.Correlations(t, "title: T\nschedule: {every: 1h, lookback: 1h}\ncorrelation: {type: event_count, rules: [who], group-by: [host], timespan: 1h, condition: {gte: 2}}\n"+correlatedRules)
	e, found := engine.New(rs[:1], engine.Options{Model: lowered.Model(t, "mde"), Correlations: cs, Now: enginetest.Time("12:00:00")})
	require.Empty(t, found)
	enginetest.Add(t, e, enginetest.DefenderProcess(1, "09:00:00", "h", "x", "whoami"), enginetest.DefenderProcess(2, "10:30:00", "h", "x", "whoami"), enginetest.DefenderProcess(3, "11:15:00", "h", "x", "whoami"))
	results, _, err := e.Finish()
	require.NoError(t, err)
	var ids []string
	for _, r := range results {
		if r.Correlated != nil {
			ids = append(ids, r.EventID)
		}
	}
	assert.Equal(t, []string{"3"}, ids, "10:30 is read, though it lies before the lookback")
}

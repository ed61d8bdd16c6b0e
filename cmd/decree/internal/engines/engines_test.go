package engines

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/rules/schema"
)

const rulesOfThree = `
-- who.yml --
title: Who
logsource: {product: windows, category: process_creation}
detection: {a: {Image|endswith: '\whoami.exe'}, condition: a}
---
title: User made
logsource: {product: aws, service: cloudtrail}
detection: {a: {eventName: CreateUser}, condition: a}
---
title: Elsewhere
logsource: {product: nobody, service: nothing}
detection: {a: {x: 1}, condition: a}
`

// set makes engines of models, and gives them with the titles of what matches.
func set(t *testing.T, models ...string) (*Set, *[]string) {
	t.Helper()
	clitest.Files(t, rulesOfThree)
	s, _, _ := clitest.Streams("")
	loaded, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"who.yml"}})
	require.NoError(t, err)
	var all []*schema.Model
	for _, name := range models {
		m, err := schema.Load(name)
		require.NoError(t, err)
		all = append(all, m)
	}
	titles := &[]string{}
	return New(loaded.Lowered(), all, engine.Options{MaxMemory: 1 << 30, Measure: true, OnResult: func(r engine.Result) { *titles = append(*titles, r.Rule.Source.Title) }}, false), titles
}

func titles(rs []*ir.Rule) (out []string) {
	for _, r := range rs {
		out = append(out, r.Source.Title)
	}
	return out
}

// TestARuleIsNotRunOnlyWhereNoModelHasItsLogSource: what one model lacks another has.
func TestARuleIsNotRunOnlyWhereNoModelHasItsLogSource(t *testing.T) {
	both, _ := set(t, "windows", "cloud")
	require.Len(t, both.Found, 1)
	assert.Equal(t, "data models windows, cloud have no such log source; the rule is not run", both.Found[0].Message)
	assert.ElementsMatch(t, []string{"Who", "User made"}, titles(both.Rules()))
	alone, _ := set(t, "windows")
	assert.Len(t, alone.Found, 2)
	assert.Equal(t, []string{"Who"}, titles(alone.Rules()))
}

// TestAnEventIsAskedOfItsOwnModelAlone, and figures are added up.
func TestAnEventIsAskedOfItsOwnModelAlone(t *testing.T) {
	s, matched := set(t, "windows", "cloud")
	who := `{"EventRecordID": 1, "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\whoami.exe"}`
	made := `{"eventID": "1", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser"}`
	for model, texts := range map[string][]string{"windows": {who, made}, "cloud": {made}} {
		for i, text := range texts {
			require.NoError(t, s.Of(model).Add(&event.Event{Source: model, Line: i + 1, Raw: []byte(text)}))
		}
	}
	stats, err := s.Finish()
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"Who", "User made"}, *matched)
	assert.Equal(t, engine.Stats{Events: 3, Foreign: 1}, stats)
	assert.Equal(t, engine.Stats{Events: 2, Foreign: 1}, s.Of("windows").Stats)
	assert.Equal(t, len(who)+2*len(made), s.Profile().Bytes)
	assert.Len(t, s.Profile().ByRules, 2)
	assert.Panics(t, func() { s.Of("mde") })
}

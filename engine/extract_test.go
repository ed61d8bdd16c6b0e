package engine_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

const extracts = `fields: [Args, Owner, Kind, Plain]
extract:
  Script: {field: CommandLine, argv: 1}
  Args: {field: CommandLine, argv: any}
  Account: {field: CommandLine, re: '(?i)/user:(\w+)'}
  Owner: {text: '{Account}@{Computer}'}
  Kind: {field: Script, map: [{endswith: .vbs, to: vbs}, {'re|i': '\.JS$', to: js}], default: other}
  Plain: {field: ParentImage, split: '\', at: -1, lower: true}
`

// TestExtracts tests extracted fields with every modifier, beside fields of the event.
func TestExtracts(t *testing.T) {
	const event = `{"id":1,"CommandLine":"\"w.exe\" \"C:\\a b.VBS\" /user:Bob 7","Computer":"PC","User":"bob@pc","ParentImage":"C:\\CMD.exe"}`
	for item, want := range map[string]bool{
		`Script: 'c:\a b.vbs'`: true, `Script|cased: 'c:\a b.vbs'`: false, `Script|filename: a b.vbs`: true, `Script|endswith: .vbs`: true, `Script|re: 'VBS$'`: true, `Script: '*b.v?s'`: true,
		`Args: w.exe`: true, `Args: 7`: true, `Args|gt: 8`: false, `Args|lte: 7`: true, `Args|all: [w.exe, 7]`: true, `Args: a`: false, `Args|neq: 7`: false,
		`Account: bob`: true, `Account|neq: eve`: true, `Account: null`: false, `Owner|fieldref: User`: true, `User|fieldref: Owner`: true, `User|fieldref|startswith: Account`: true,
		`Owner: BOB@pc`: true, `Kind: VBS`: true, `Plain|cased: cmd.exe`: true, `Account|exists: true`: true, `Kind|contains|all: [v, b]`: true,
	} {
		r := lowered.Rule(t, extracts+"detection:\n  a: {"+item+"}\n  condition: a\n")
		for _, exhaustive := range []bool{false, true} {
			assert.Len(t, enginetest.IDs(t, engine.Exhaustively(exhaustive, engine.Options{}), []*ir.Rule{r}, event), map[bool]int{true: 1}[want], item)
		}
	}
	for item, want := range map[string]bool{
		"Script: null": true, "Script|exists: false": true, "Script|neq: x": true, "Script: ''": false, "Script: '*'": false, "Kind: null": true, "Kind: other": false, "Owner: null": true, "Args: x.exe": true,
	} {
		r := lowered.Rule(t, extracts+"detection:\n  a: {"+item+"}\n  condition: a\n")
		assert.Len(t, enginetest.IDs(t, engine.Options{}, []*ir.Rule{r}, `{"CommandLine":"x.exe"}`), map[bool]int{true: 1}[want], item)
	}
}

// TestExtractsOfRulesTogether runs rules whose extracts have one name and are made in different ways.
func TestExtractsOfRulesTogether(t *testing.T) {
	var rs []*ir.Rule
	for i := range 3 {
		rs = append(rs, lowered.Rule(t, fmt.Sprintf("extract:\n  X: {field: CommandLine, argv: %d}\ndetection:\n  a: {X: b}\n  condition: a\n", i)))
	}
	results, _ := enginetest.Run(t, engine.Options{}, rs, `{"CommandLine":"a b c"}`, `{"CommandLine":"b"}`, `{"CommandLine":"a É b"}`)
	var got []string
	for _, r := range results {
		got = append(got, fmt.Sprint(r.Event.Line, r.Field("X")))
	}
	assert.Equal(t, []string{"1b", "2b", "3b"}, got)
}

// TestExtractsAreShown holds explain, evidence and results to the values that were extracted.
func TestExtractsAreShown(t *testing.T) {
	r := lowered.Rule(t, extracts+"detection:\n  a: {Script|endswith: .vbs, Owner|contains: bob}\n  condition: a\n")
	const line = `{"CommandLine":"w.exe A.vbs /user:bob","Computer":"pc"}`
	results, _ := enginetest.Run(t, engine.Options{Evidence: true}, []*ir.Rule{r}, line)
	require.Len(t, results, 1)
	assert.Equal(t, []string{"A.vbs"}, results[0].Evidence[0].Values)
	assert.Equal(t, "Script", results[0].Evidence[0].Field)
	assert.Equal(t, "bob@pc", results[0].Field("Owner"))
	assert.Equal(t, "vbs", results[0].Field("Kind"))
	assert.Empty(t, results[0].Field("Plain"))
	x, found := engine.NewExplainer(r, engine.Options{})
	require.Empty(t, found)
	require.NoError(t, x.Add(&event.Event{Source: "t", Line: 1, Raw: []byte(line)}, true))
	explained, _, err := x.Finish()
	require.NoError(t, err)
	assert.Equal(t, `"A.vbs"`, explained[0].Condition.Steps[0].Steps[0].Value)
}

// TestExtractsInCorrelations groups by an extracted field.
func TestExtractsInCorrelations(t *testing.T) {
	rs, cs := lowered.Correlations(t, `title: R
name: r
logsource: {product: windows, category: process_creation}
extract:
  Account: {field: CommandLine, re: '/user:(\w+)'}
detection: {a: {Account: '*'}, condition: a}
---
title: C
correlation: {type: event_count, rules: [r], group-by: [Account], timespan: 5m, condition: {gte: 2}}
`)
	e, found := engine.New(rs, engine.Options{Correlations: cs})
	require.Empty(t, found)
	for i, who := range []string{"a", "b", "a"} {
		enginetest.Add(t, e, fmt.Sprintf(`{"UtcTime":"2026-01-01 00:00:0%d","CommandLine":"x /user:%s"}`, i, who))
	}
	results, _, err := e.Finish()
	require.NoError(t, err)
	correlated := 0
	for _, r := range results {
		if r.Correlated != nil {
			correlated++
			assert.Equal(t, "a", r.Correlated.Group[0].Value)
		}
	}
	assert.Equal(t, 1, correlated)
}

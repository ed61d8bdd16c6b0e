package splunk_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/packages"
	"decree/compilers/packages/splunk"
	"decree/compilers/spl"
	"decree/tests/fixture/lowered"
	"decree/tests/fixture/packaged"
)

// secured are the settings of an app for Enterprise Security.
var secured = packages.Settings{Target: "splunk", App: packages.App{Name: "acme_detections", Title: "Acme detections", Version: "1.2.0", Author: "Acme", EnterpriseSecurity: true}}

const guessing = `title: Ten failed logons of one account
id: 6f2a7a5e-52b3-4c0b-8d7e-0d9f5a1c2e12
name: ten_failed_logons
status: test
description: Ten failed logons of one account within ten minutes.
date: '2026-03-01'
level: critical
tags: [attack.credential-access, attack.t1110.001]
correlation: {type: event_count, rules: [failed_logon], group-by: [TargetUserName], timespan: 10m, condition: {gte: 10}}
risk: {score: 40, objects: [TargetUserName, host]}
alert: {title: 'Guessing at {TargetUserName}'}
suppress: {by: [TargetUserName], for: 1d}
---
title: A failed logon
name: failed_logon
logsource: {product: windows, service: security}
detection: {s: {EventID: 4625}, condition: s}
`

func golden(t *testing.T) []packages.Input {
	f := splunk.New()
	return []packages.Input{
		packaged.Of(t, f, spl.New(), "splunk-windows", lowered.Shipped(t, "windows/process_creation/sql_server_suspicious_grandchild.yml")),
		packaged.Correlation(t, f, spl.New(), "splunk-windows", guessing),
	}
}

// TestGolden packages the rule that decree began from, and a correlation, in full. The archive has the same files, and
// is the same each time.
func TestGolden(t *testing.T) {
	out := splunk.New().Package(secured, golden(t))
	require.Len(t, out.Made, 2)
	var b strings.Builder
	for _, d := range out.Found {
		b.WriteString(d.Severity.String() + " " + d.Code + ": " + d.Message + "\n")
	}
	packaged.Golden(t, "findings.txt", b.String())
	written := map[string]string{}
	for _, f := range out.Files[:len(out.Files)-1] {
		written[f.Path] = f.Text
		packaged.Golden(t, filepath.Base(f.Path), f.Text)
		if filepath.Ext(f.Path) == ".conf" {
			readConf(t, f.Text)
		}
	}
	archive := out.Files[len(out.Files)-1]
	assert.Equal(t, "acme_detections.tgz", archive.Path)
	assert.True(t, archive.Binary)
	assert.Equal(t, written, unpack(t, archive.Text))
	again := splunk.New().Package(secured, golden(t))
	assert.Equal(t, archive.Text, again.Files[len(again.Files)-1].Text)
}

// TestMacrosAreThePlaces: with the macros written out, a search is the one that has the places of the target itself.
func TestMacrosAreThePlaces(t *testing.T) {
	f := splunk.New()
	for _, own := range []compilers.Places{
		{"windows": "index=win"}, {"default": "index=main"}, {"windows/process_creation": "index=proc", "windows": "index=win"}, {"process_creation": "(index=a OR index=b)"},
		{"windows/sysmon": "index=sysmon", "default": "index=main"}, {"windows/PowerShell": "index=p", "default": "index=main"},
	} {
		named := packaged.At(t, f, spl.New(), "splunk-windows", lowered.Rule(t, simple), own)
		plain, found := spl.New().Compile(packages.ScheduledRule(lowered.Rule(t, simple), f.Schedule()), compilers.Options{Model: lowered.Model(t, "splunk-windows"), Scope: own, Delay: 10 * time.Minute})
		require.Empty(t, found)
		out := f.Package(packages.Settings{Target: "splunk", Scope: own}, []packages.Input{named})
		require.Len(t, out.Made, 1)
		text := named.Query.Text
		assert.Contains(t, text, "`decree_")
		for range 3 {
			for _, m := range readConf(t, fileOf(t, out, "default/macros.conf")) {
				text = strings.ReplaceAll(text, "`"+m.name+"`", m.settings["definition"])
			}
		}
		assert.Equal(t, plain.Text, text, "%v", own)
	}
}

const simple = `title: T
id: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10
level: high
date: '2026-03-01'
logsource: {product: windows, category: process_creation}
detection: {s: {Image|endswith: '\a.exe'}, condition: s}
`

// TestCorrelationsOfSeveralLogSources call the macro that these have in common.
func TestCorrelationsOfSeveralLogSources(t *testing.T) {
	for _, c := range []struct{ product, want string }{{"windows", "decree_windows"}, {"linux", "decree_default"}} {
		own := packages.Placed(splunk.New().(packages.Placed)).Places(lowered.Model(t, "splunk-windows"), nil, packages.Input{Correlation: correlationOf(t, c.product)}.LogSources())
		assert.Equal(t, compilers.Places{"default": "`" + c.want + "`"}, own)
	}
	in := packaged.Correlation(t, splunk.New(), spl.New(), "splunk-windows", two("windows"))
	out := splunk.New().Package(packages.Settings{Target: "splunk"}, []packages.Input{in})
	assert.Contains(t, codes(out.Found), "package-macro")
	assert.Contains(t, in.Query.Text, "`decree_windows` ")
	in.Places = compilers.Places{"windows": "index=win"}
	out = splunk.New().Package(packages.Settings{Target: "splunk"}, []packages.Input{in})
	assert.Contains(t, codes(out.Found), "package-macro")
	for _, f := range out.Files {
		assert.NotContains(t, f.Path, "macros.conf")
	}
}

// TestPlacesOfADataModel: Splunk's data models have macros of their own.
func TestPlacesOfADataModel(t *testing.T) {
	in := packaged.Rule(t, splunk.New(), spl.New(), "cim", simple)
	assert.NotContains(t, in.Query.Text, "`decree_")
	out := splunk.New().Package(packages.Settings{Target: "splunk"}, []packages.Input{in})
	assert.Empty(t, out.Found)
}

// TestFindings: what a finding of Enterprise Security is about, and whose risk rises.
func TestFindings(t *testing.T) {
	settings := func(text string) map[string]string {
		out := splunk.New().Package(secured, []packages.Input{packaged.Rule(t, splunk.New(), spl.New(), "splunk-windows", over(t, simple, text))})
		require.Len(t, out.Made, 1)
		return readConf(t, fileOf(t, out, "default/savedsearches.conf"))[0].settings
	}
	plain := settings("")
	assert.JSONEq(t, `[{"risk_object_field":"host","risk_object_type":"system","risk_score":0}]`, plain["action.notable.param._entities"])
	assert.NotContains(t, plain, "action.risk")
	assert.Equal(t, "endpoint", plain["action.notable.param.security_domain"])
	risky := settings("risk: {score: 30}")
	var risk []map[string]any
	require.NoError(t, json.Unmarshal([]byte(risky["action.risk.param._risk"]), &risk))
	assert.Equal(t, []map[string]any{
		{"risk_object_field": "host", "risk_object_type": "system", "risk_score": 30.0}, {"risk_object_field": "User", "risk_object_type": "user", "risk_score": 30.0},
		{"threat_object_field": "CommandLine", "threat_object_type": "command"}, {"threat_object_field": "Image", "threat_object_type": "process_name"},
	}, risk)
	other := settings("risk: {score: 30, objects: [User, Image]}")
	assert.Contains(t, other["action.risk.param._risk"], `{"risk_object_field":"User","risk_object_type":"user","risk_score":30},{"risk_object_field":"Image","risk_object_type":"other","risk_score":30}`)
	assert.JSONEq(t, `{"mitre_attack":["T1105"],"attack_tactics":["Execution"]}`, settings("tags: [attack.execution, attack.t1105]")["action.correlationsearch.annotations"])
	assert.Equal(t, "{}", plain["action.correlationsearch.annotations"])
	titled := settings("alert: {title: 'US$ {Image} $x', description: 'by {User}'}")
	assert.Equal(t, "US\uff04 $Image$ \uff04x", titled["action.notable.param.rule_title"], "only the rule's own fields are between dollar signs")
	assert.Equal(t, "by $User$", titled["action.notable.param.rule_description"])
	for text, want := range map[string]string{"{category: proxy}": "network", "{product: okta, service: okta}": "access", "{product: aws, service: cloudtrail}": "threat"} {
		in := packaged.Rule(t, splunk.New(), spl.New(), "splunk-windows", simple)
		r := *in.Rule
		r.LogSource = lowered.Rule(t, "logsource: "+text+"\ndetection: {s: {x: y}, condition: s}\n").Source.LogSource
		in.Rule, in.Places = &r, nil
		out := splunk.New().Package(secured, []packages.Input{in})
		assert.Equal(t, want, readConf(t, fileOf(t, out, "default/savedsearches.conf"))[0].settings["action.notable.param.security_domain"], text)
	}
}

package kibana_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/compilers/eql"
	"decree/compilers/packages"
	"decree/compilers/packages/kibana"
	"decree/rules/diag"
	"decree/tests/fixture/lowered"
	"decree/tests/fixture/packaged"
)

var settings = packages.Settings{Target: "kibana"}

const guessing = `title: Ten failed logons of one account
id: 6f2a7a5e-52b3-4c0b-8d7e-0d9f5a1c2e12
name: ten_failed_logons
status: test
description: Ten failed logons of one account within ten minutes.
author: decree, another
date: 2026-03-01
level: critical
tags: [attack.credential-access, attack.t1110.001]
falsepositives: [A service with an old password]
documentation: {attack: Passwords are guessed., response: Lock the account., os: [Windows]}
correlation: {type: event_count, rules: [failed_logon], group-by: [TargetUserName], timespan: 10m, condition: {gte: 10}}
---
title: A failed logon
name: failed_logon
logsource: {product: windows, service: security}
detection: {s: {EventID: 4625}, condition: s}
`

// TestGolden packages the rule that decree began from, and a correlation, in full. Each line is also indented here, to
// be read.
func TestGolden(t *testing.T) {
	f := kibana.New()
	inputs := []packages.Input{
		packaged.Of(t, f, eql.New(), "ecs", lowered.Shipped(t, "windows/process_creation/sql_server_suspicious_grandchild.yml")),
		packaged.Correlation(t, f, eql.New(), "ecs", guessing),
	}
	out := f.Package(settings, inputs)
	require.Len(t, out.Made, 2)
	var b strings.Builder
	for _, d := range out.Found {
		b.WriteString(d.Severity.String() + " " + d.Code + ": " + d.Message + "\n")
	}
	packaged.Golden(t, "findings.txt", b.String())
	for _, file := range out.Files {
		packaged.Golden(t, filepath.Base(file.Path), file.Text)
		if filepath.Ext(file.Path) == ".ndjson" {
			packaged.Golden(t, "rules.indented.json", packages.JSON(read(t, file.Text)))
		}
	}
}

// read reads lines of JSON.
func read(t testing.TB, text string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(text) {
		var one map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &one), line)
		all = append(all, one)
	}
	return all
}

func codes(found diag.Diagnostics) []string {
	var out []string
	for _, d := range found {
		out = append(out, d.Code)
	}
	return out
}

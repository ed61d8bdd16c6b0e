package project

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/targets"
	"decree/rules/diag"
	"decree/rules/lint"
)

const whole = `
-- decree.yml --
title: Our detections
rules: [rules, ../shared]
filters: filters
lists: [lists]
models: [models]
tests: {require: [stable, test], min_coverage: 90}
lint: {strict: true, severity: {unknown-field: error, missing-date: off, missing-id: info}}
approximate: [deep-ancestor-negated]
fail_on: [refused]
targets:
  sentinel: {dialect: kql, model: sentinel, table: {windows/security: 'OurEvents()'}}
  defender: {dialect: kql, model: mde}
  splunk:   {dialect: spl, model: splunk-windows, scope: {windows: 'index=win'}}
  elastic:  {dialect: eql, model: ecs, index: {windows: [logs-endpoint.events.*, winlogbeat-*]}}
  estate:   {dialect: kql, model: estate}
-- rules/deep/x --
-- filters/x --
-- lists/x --
-- models/estate.yml --
name: estate
extends: mde
-- models/over.yml --
extends: ecs
`

// TestRead reads every key, from a folder below that of the project.
func TestRead(t *testing.T) {
	clitest.Files(t, "-- shared/x --\n")
	require.NoError(t, os.Mkdir("ours", 0o755))
	t.Chdir("ours")
	write(t, whole)
	t.Chdir("rules/deep")
	s, out, errs := clitest.Streams("")
	p, err := Open(s)
	require.NoError(t, err)
	assert.Equal(t, "project: ../../decree.yml\n", errs.String())
	assert.Empty(t, out.String())
	assert.True(t, p.Exists())
	assert.Equal(t, "../..", p.Dir())
	assert.Equal(t, "Our detections", p.Title)
	assert.Equal(t, []string{"../../rules", "../../../shared"}, p.Rules)
	assert.Equal(t, []string{"../../filters"}, p.Filters)
	assert.Equal(t, []string{"../../lists"}, p.Lists)
	assert.Equal(t, []Model{{"estate", "../../models/estate.yml", "kql"}, {"ecs", "../../models/over.yml", "eql"}}, p.Models)
	assert.Equal(t, Tests{[]string{"stable", "test"}, 90}, p.Tests)
	assert.Equal(t, Lint{true, map[string]string{"unknown-field": "error", "missing-date": "off", "missing-id": "info"}}, p.Lint)
	assert.Equal(t, []string{"deep-ancestor-negated"}, p.Approximate)
	assert.True(t, p.FailsOn(Refused))
	assert.False(t, p.FailsOn(Skipped))
	assert.Equal(t, []string{"sentinel", "defender", "splunk", "elastic", "estate"}, targets.Names(p.Targets), "in the order of the file")
	assert.Equal(t, map[string]string{"windows/security": "OurEvents()"}, p.Targets[0].Table)
	assert.Equal(t, "mde", p.Targets[1].Model)
	assert.Equal(t, map[string]string{"windows": "index=win"}, p.Targets[2].Scope)
	assert.Equal(t, map[string]string{"windows": "logs-endpoint.events.*,winlogbeat-*"}, p.Targets[3].Index)
	assert.Equal(t, "../../models/estate.yml", p.ModelFile("estate"))
	assert.Contains(t, p.ModelsFor("kql"), "estate")
	assert.NotContains(t, p.ModelsFor("spl"), "estate")
}

func TestNoProject(t *testing.T) {
	clitest.Files(t, "-- x --\n")
	s, _, errs := clitest.Streams("")
	p, err := Open(s)
	require.NoError(t, err)
	assert.False(t, p.Exists())
	assert.Empty(t, errs.String())
}

// TestAProjectFileThatIsNotRead is an error: a build without it would be of other rules.
func TestAProjectFileThatIsNotRead(t *testing.T) {
	clitest.Files(t, "-- above/decree.yaml --\nrules: [.]\n-- above/below/x --\n-- linked/x --\n-- folder/decree.yml/x --\n-- folder/below/x --\n")
	s, _, _ := clitest.Streams("")
	top, err := os.Getwd()
	require.NoError(t, err)
	t.Chdir("folder/below")
	_, err = Open(s)
	assert.EqualError(t, err, "../decree.yml is a folder, and a project is a file of this name: rename the folder")
	t.Chdir(top)
	t.Chdir("above/below")
	_, err = Open(s)
	assert.EqualError(t, err, "../decree.yaml is not read: rename it to decree.yml, the name of a project file")
	t.Chdir("../../linked")
	require.NoError(t, os.Symlink("nowhere.yml", FileName))
	_, err = Open(s)
	assert.ErrorContains(t, err, "the project file is a link that leads nowhere")
}

// found gives the findings about a project file, as line:column code.
func found(t *testing.T, text string) (*Project, []string) {
	t.Helper()
	require.NoError(t, os.WriteFile(FileName, []byte(text), 0o644))
	p, found, _, err := Read(FileName)
	require.NoError(t, err)
	var out []string
	for _, d := range found {
		out = append(out, strings.TrimPrefix(d.Range.String(), "decree.yml:")+" "+d.Code)
		assert.True(t, d.Severity != diag.Error || lint.Why(d.Code) != "", "decree validate --explain %s says nothing", d.Code)
	}
	return p, out
}

func TestFindings(t *testing.T) {
	clitest.Files(t, "-- rules/x --\n-- models/a.yml --\nname: a\n-- models/b.yml --\nname: a\n-- nameless/a.yml --\nfields: {}\n-- broken/a.yml --\nname: [\n-- misspelt/a.yml --\nextends: mdee\n")
	for text, want := range map[string][]string{
		"":                                                                   {"1:1 missing-key"},
		"title: x":                                                           {"1:1 missing-key"},
		"rules: []":                                                          {"1:1 missing-key"},
		"- rules":                                                            {"1:1 wrong-type"},
		"rules: [rules":                                                      {"1:1 yaml-syntax"},
		"rules: rules\nfilter: x":                                            {"2:1 unknown-key"},
		"rules: rules\nrules: rules":                                         {"2:1 duplicate-name"},
		"rules: [nowhere, '', [x]]":                                          {"1:9 file-not-found", "1:18 missing-file", "1:22 wrong-type"},
		"rules: rules\nmodels: models":                                       {"models/b.yml:1:7 duplicate-name"},
		"rules: rules\nmodels: nameless":                                     {"nameless/a.yml:1:1 missing-key"},
		"rules: rules\nmodels: misspelt":                                     {"misspelt/a.yml:1:10 bad-model"},
		"rules: rules\nmodels: broken":                                       {"broken/a.yml:1:1 yaml-syntax"},
		"rules: rules\ntests: {requires: []}":                                {"2:9 unknown-key"},
		"rules: rules\ntests: {require: stabel}":                             {"2:18 invalid-status"},
		"rules: rules\ntests: {min_coverage: 101}":                           {"2:23 invalid-number"},
		"rules: rules\ntests: {min_coverage: all}":                           {"2:23 invalid-number"},
		"rules: rules\nlint: {strict: perhaps}":                              {"2:16 wrong-type"},
		"rules: rules\nlint: {severity: {missing-dat: off}}":                 {"2:19 unknown-code"},
		"rules: rules\nlint: {severity: {missing-date: of}}":                 {"2:33 invalid-severity"},
		"rules: rules\nlint: {severity: {unknown-modifier: off}}":            {"2:37 error-lowered"},
		"rules: rules\nlint: {severity: {unknown-modifier: error}}":          nil,
		"rules: rules\napproximate: [deep-ancestors]":                        {"2:15 unknown-gap"},
		"rules: rules\nfail_on: warning":                                     {"2:10 invalid-outcome"},
		"rules: rules\ntargets: [kql]":                                       {"2:10 wrong-type"},
		"rules: rules\ntargets: {a: kql}":                                    {"2:14 wrong-type"},
		"rules: rules\ntargets: {a: {model: mde}}":                           {"2:11 missing-key"},
		"rules: rules\ndocs: {links: {Wiki: wiki/home}}":                     {"2:22 invalid-link"},
		"rules: rules\ndocs: {links: {'': 'https://example.org'}}":           {"2:16 empty-value"},
		"rules: rules\ntargets: {a: {dialect: kqll}}":                        {"2:24 unknown-dialect"},
		"rules: rules\ntargets: {a: {dialect: [kql]}}":                       {"2:24 wrong-type"},
		"rules: rules\ntargets: {a: {dialect: kql, model: [mde, sentinel]}}": {"2:36 wrong-type"},
		"rules: rules\ntargets: {a: {dialect: kql, model: ecs}}":             {"2:36 unknown-model"},
		"rules: rules\ntargets: {a: {dialect: kql, package: splunk}}":        {"2:38 unknown-package"},
		"rules: rules\ntargets: {a: {dialect: spl, app: {name: x}}}":         {"2:34 setting-of-another-package"},
		"rules: rules\ntargets: {a: {dialect: spl, package: splunk, app: {name: 1x, title: Acme, version: '1'}}}": {"2:58 invalid-app", "2:69 invalid-app", "2:84 invalid-app"},
		"rules: rules\ntargets: {a: {dialect: spl, package: splunk, app: {label: x}}}":                            {"2:52 unknown-key"},
		"rules: rules\ntargets: {a: {dialect: kql, near_real_time: often}}":                                       {"2:45 wrong-type"},
		"rules: rules\ntargets: {a: {dialect: kql, scope: {windows: x}}}":                                         {"2:36 setting-of-another-dialect"},
		"rules: rules\ntargets: {a: {dialect: spl, scope: {'a b': x}}}":                                           {"2:37 invalid-log-source"},
		"rules: rules\ntargets: {a: {dialect: spl, scope: {windows: a | b}}}":                                     {"2:46 invalid-scope"},
		"rules: rules\ntargets: {a: {dialect: kql, table: {X: 'F('}}}":                                            {"2:40 invalid-table"},
		"rules: rules\ntargets: {a: {dialect: eql, index: {windows: [a, B]}}}":                                    {"2:46 invalid-index"},
		"rules: rules\ntargets: {a: {dialect: spl, scope: {windows: ''}}}":                                        {"2:46 empty-value"},
		"rules: rules\ntargets: {a: {dialect: kql, modle: mde}}":                                                  {"2:29 unknown-key"},
		"rules: rules\ntargets: {../a: {dialect: kql}}":                                                           {"2:11 invalid-target-name"},
		"rules: rules\ntargets: {nul: {dialect: kql}}":                                                            {"2:11 invalid-target-name"},
		"rules: rules\ntargets: {a: {dialect: kql}, A: {dialect: spl}}":                                           {"2:30 duplicate-name"},
	} {
		_, got := found(t, text)
		assert.Equal(t, want, got, text)
	}
}

// TestALinkLeadsNowhereElse: a path leads out of the project only if it is written so.
func TestALinkLeadsNowhereElse(t *testing.T) {
	clitest.Files(t, "-- elsewhere/x --\n-- ours/rules/x --\n")
	require.NoError(t, os.Symlink("../elsewhere", "ours/linked"))
	require.NoError(t, os.Symlink("rules", "ours/within"))
	t.Chdir("ours")
	_, got := found(t, "rules: [linked, within]")
	assert.Equal(t, []string{"1:9 file-outside-folder"}, got)
	p, got := found(t, "rules: [../elsewhere]")
	assert.Empty(t, got)
	assert.Equal(t, []string{"../elsewhere"}, p.Rules)
}

// TestMisses: a file is among the rules also where a link leads to their folder, or from it.
func TestMisses(t *testing.T) {
	clitest.Files(t, "-- detections/x --\n-- one.yml --\n-- more/x --\n")
	p, got := found(t, "rules: [one.yml, detections]")
	assert.Empty(t, got)
	assert.Equal(t, "detections", p.RulesFolder())
	for file, want := range map[string]bool{"detections/a/b.yml": false, "one.yml": false, "detections/lists/a.yml": true, "more/a.yml": true, "../a.yml": false} {
		misses, err := p.Misses(file)
		require.NoError(t, err)
		assert.Equal(t, want, misses, file)
	}
	p, _ = found(t, "rules: [one.yml]")
	assert.Empty(t, p.RulesFolder())
	require.NoError(t, os.Symlink("detections", "rules"))
	for text, file := range map[string]string{"rules: [rules]": "detections/new/a.yml", "rules: [detections]": "rules/new/a.yml"} {
		p, _ = found(t, text)
		misses, err := p.Misses(file)
		require.NoError(t, err)
		assert.False(t, misses, file)
	}
}

func TestWritten(t *testing.T) {
	clitest.Files(t, "-- a.yml --\nrules: [one, ./two]\nlists:\nmodels: m\n-- broken.yml --\nrules: [\n-- empty.yml --\n")
	got, err := Written("a.yml")
	require.NoError(t, err)
	assert.Equal(t, map[string][]string{"rules": {"one", "./two"}, "lists": nil, "models": {"m"}}, got)
	for _, file := range []string{"none.yml", "broken.yml", "empty.yml"} {
		got, err := Written(file)
		require.NoError(t, err)
		assert.Nil(t, got, file)
	}
	_, err = Written(".")
	assert.Error(t, err)
}

func TestFindingsAreShown(t *testing.T) {
	clitest.Files(t, "-- decree.yml --\nruls: [rules]\n")
	s, _, errs := clitest.Streams("")
	_, err := Open(s)
	assert.ErrorIs(t, err, exit.ErrFindings)
	assert.Equal(t, `project: decree.yml
error[unknown-key]: unknown key "ruls" in the project
  --> decree.yml:1:1
  |
1 | ruls: [rules]
  | ^^^^
  = hint: did you mean `+"`rules`?\n\n", errs.String())
}

func TestJudge(t *testing.T) {
	given := diag.Diagnostics{{Severity: diag.Error, Code: "a"}, {Severity: diag.Warning, Code: "a"}, {Severity: diag.Info, Code: "b"}, {Severity: diag.Warning, Code: "c"}}
	assert.Equal(t, given, Lint{}.Judge(given))
	judged := Lint{Severity: map[string]string{"a": "off", "b": "error"}}.Judge(given)
	assert.Equal(t, diag.Diagnostics{{Severity: diag.Error, Code: "a"}, {Severity: diag.Error, Code: "b"}, {Severity: diag.Warning, Code: "c"}}, judged)
}

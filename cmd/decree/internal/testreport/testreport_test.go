package testreport

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/assessment"
	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/ruletests"
	"decree/rules/diag"
)

const files = `
-- who.yml --
title: Who
logsource: {product: windows, category: process_creation}
detection: {a: {Image|endswith: '\whoami.exe'}, condition: a}
-- who.test.yml --
cases:
  - name: right
    events: [{id: 1, Image: 'C:\whoami.exe'}]
    expect: {ids: [1]}
  - name: 'wrong #1 <x>'
    events: [{id: 1, Image: 'C:\who.exe'}]
    expect: {ids: [1]}
-- untested.yml --
title: Untested
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
`

// shown runs the tests and shows their report.
func shown(t *testing.T, format string, verbose bool) (out, errs string) {
	t.Helper()
	clitest.Files(t, files)
	s, o, e := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"."}})
	require.NoError(t, err)
	tests := ruletests.Load(set, nil)
	report := Run(tests)
	assert.Equal(t, []int{1, 1}, []int{report.Passed, report.Failed})
	report.Findings.Warnf("odd", report.Rules[0].Cases[0].At, "", "this is odd")
	for _, file := range []string{"who.test.yml", "b.test.yml", "who.test.yml"} {
		report.Findings.Errorf("unknown-key", diag.Range{File: file, Start: diag.Position{Line: 2, Col: 3}}, "", "unknown key %q", "#x")
	}
	report.Assessed = []assessment.Rule{{Rule: "who"}}
	require.NoError(t, report.Write(s, set, format, verbose))
	return o.String(), e.String()
}

func TestText(t *testing.T) {
	out, errs := shown(t, "text", false)
	assert.Contains(t, errs, "warning[odd]: this is odd")
	assert.NotContains(t, out, "ok ")
	assert.Contains(t, out, "FAIL who / wrong #1 <x>\n")
	assert.Contains(t, out, "who.test.yml:7")
	assert.Contains(t, out, `    ✗ Image endswith "\\whoami.exe"`)
	assert.True(t, strings.HasSuffix(out, "\n1 passed, 1 failed; 1 rule without tests; 3 errors in rules and test files\n"), out)
	out, _ = shown(t, "text", true)
	assert.Contains(t, out, "ok   who / right\n")
}

func TestJSON(t *testing.T) {
	out, errs := shown(t, "json", false)
	assert.Empty(t, errs)
	var keys map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &keys))
	for _, key := range []string{"passed", "failed", "untested", "rules", "findings", "assessed"} {
		assert.Contains(t, keys, key)
	}
}

func TestJUnit(t *testing.T) {
	out, errs := shown(t, "junit", false)
	assert.Contains(t, errs, "warning[odd]")
	var report junitReport
	require.NoError(t, xml.Unmarshal([]byte(out), &report))
	assert.Equal(t, []int{5, 1, 3}, []int{report.Tests, report.Failures, report.Errors})
	require.Len(t, report.Suites, 3)
	assert.Zero(t, report.Suites[0].Errors)
	assert.Equal(t, "b.test.yml", report.Suites[1].Name)
	who := report.Suites[2]
	assert.Equal(t, []int{2, 2, 2}, []int{who.Tests, who.Errors, len(who.Cases)})
	assert.Equal(t, `unknown key "#x"`, who.Cases[0].Error.Message)
	assert.Equal(t, 2, who.Cases[0].Line)
	require.Len(t, report.Suites[0].Cases, 2)
	assert.Nil(t, report.Suites[0].Cases[0].Failure)
	assert.Equal(t, "wrong #1 <x>", report.Suites[0].Cases[1].Name)
	assert.Contains(t, report.Suites[0].Cases[1].Failure.Text, "the rule does not match event 1")
}

func TestTAP(t *testing.T) {
	out, _ := shown(t, "tap", false)
	assert.True(t, strings.HasPrefix(out, "TAP version 14\n1..5\nok 1 - who / right\nnot ok 2 - who / wrong \\#1 <x>\n  ---\n  at: \"who.test.yml:"), out)
	assert.Contains(t, out, "\n  ...\nnot ok 3 - b.test.yml:2:3: error[unknown-key]: unknown key \"\\#x\"\nnot ok 4 - ")
}

func TestGitHub(t *testing.T) {
	out, errs := shown(t, "github", false)
	assert.Empty(t, errs, "GitHub reads findings from standard output")
	assert.Contains(t, out, "::warning file=who.test.yml,")
	assert.Contains(t, out, "::error file=who.test.yml,")
	assert.Contains(t, out, "who / wrong #1 <x>: ")
	assert.Contains(t, out, "1 passed, 1 failed; 1 rule without tests; 3 errors in rules and test files\n")
}

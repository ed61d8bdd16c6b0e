package ruletests

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
)

const files = `
-- rules/who.yml --
title: Who
status: stable
logsource: {product: windows, category: process_creation}
lists: {tools: {file: lists/tools.yml}}
detection: {a: {Image|filename|expand: '%tools%'}, condition: a}
-- rules/lists/tools.yml --
title: Tools
values: [whoami.exe]
-- rules/who.test.yml --
cases:
  - name: right
    events: [{id: 1, Image: 'C:\whoami.exe'}]
    expect: {ids: [1]}
  - name: wrong
    file: events.ndjson
    expect: {ids: [1]}
-- rules/events.ndjson --
{"id": "1", "Image": "C:\\who.exe"}
-- rules/untested.yml --
title: Untested
status: test
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
-- rules/experimental.yml --
title: Experimental
status: experimental
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
`

func load(t *testing.T, only *regexp.Regexp, paths ...string) (*Tests, *ruleset.Set) {
	t.Helper()
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: paths})
	require.NoError(t, err)
	tests, err := Load(set, only)
	require.NoError(t, err)
	return tests, set
}

// passed gives the names of the cases that ran, and whether they passed.
func passed(tests *Tests) map[string]bool {
	out := map[string]bool{}
	for _, outcomes := range tests.Run() {
		for _, o := range outcomes {
			out[o.Case] = o.Passed()
		}
	}
	return out
}

func slugs(all []ruleset.Rule) (out []string) {
	for _, r := range all {
		out = append(out, r.Slug())
	}
	return out
}

func TestLoadAndRun(t *testing.T) {
	clitest.Files(t, files)
	tests, set := load(t, nil, "rules")
	assert.Empty(t, tests.Found)
	assert.Equal(t, map[string]bool{"right": true, "wrong": false}, passed(tests))
	assert.Equal(t, []string{"experimental", "untested"}, slugs(tests.Untested))
	s, _, errs := clitest.Streams("")
	required := tests.Required(set, []string{"stable", "test"})
	set.Show(s, required)
	require.Len(t, required, 1, "a rule may be experimental without tests")
	assert.Contains(t, errs.String(), "error[no-tests]: a rule of status test needs a test\n  --> rules/untested.yml:")
	assert.Contains(t, errs.String(), "hint: add untested.test.yml beside it, or set status: experimental")
	tests, _ = load(t, regexp.MustCompile("^who/ri"), "rules")
	assert.Equal(t, map[string]bool{"right": true}, passed(tests))
}

func TestASecondTestFileIsAnError(t *testing.T) {
	clitest.Files(t, files+"-- rules/who.test.yaml --\ncases: []\n")
	tests, _ := load(t, nil, "rules")
	require.Len(t, tests.Found, 1)
	assert.ErrorContains(t, tests.Found[0], "the rule has a second test file: who.test.yml is run, and this one is not")
	require.NoError(t, os.Remove("rules/who.test.yml"))
	tests, _ = load(t, nil, "rules")
	assert.Len(t, tests.Tested, 1, "either name will do")
}

func TestUpdate(t *testing.T) {
	clitest.Files(t, files)
	tests, _ := load(t, nil, "rules")
	s, _, errs := clitest.Streams("")
	require.NoError(t, tests.Update(s, false))
	assert.Contains(t, errs.String(), "updated rules/who.test.yml: wrong\n")
	tests, _ = load(t, nil, "rules")
	assert.Equal(t, map[string]bool{"right": true, "wrong": true}, passed(tests))
	errs.Reset()
	require.NoError(t, tests.Update(s, false))
	assert.Empty(t, errs.String(), "nothing is left to update")
}

func TestSigmasRegressionData(t *testing.T) {
	clitest.Files(t, `
-- rules/windows/who.yml --
title: Who
logsource: {product: windows, category: process_creation}
detection: {a: {Image|endswith: '\whoami.exe'}, condition: a}
regression_tests_path: data/info.yml
-- rules/nowhere.yml --
title: Nowhere
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
regression_tests_path: data/none.yml
-- rules/outside.yml --
title: Outside
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
regression_tests_path: ../data/info.yml
-- data/info.yml --
regression_tests_info:
  - name: one
    type: json
    provider: Microsoft-Windows-Sysmon
    match_count: 1
    path: data/log.json
-- data/log.json --
{"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\whoami.exe"}
`)
	tests, _ := load(t, nil, "rules/windows")
	require.Empty(t, tests.Found)
	assert.Equal(t, map[string]bool{"one (json)": true}, passed(tests))
	for _, file := range []string{"rules/nowhere.yml", "rules/outside.yml"} {
		tests, _ = load(t, nil, file)
		require.Len(t, tests.Found, 1)
		assert.Equal(t, "no-regression-data", tests.Found[0].Code)
		assert.False(t, tests.Found.HasErrors())
		assert.Empty(t, tests.Tested)
		assert.Len(t, tests.Untested, 1, "it is tested by nothing")
	}
	tests, _ = load(t, nil, "rules/windows")
	assert.Equal(t, "windows", modelOf(tests.Tested[0].Rule))
	tests.Tested[0].Rule.IR.Source.LogSource.Product = "nothing"
	assert.Equal(t, "sigma", modelOf(tests.Tested[0].Rule))
}

// TestATestFileWithoutItsRule is a warning where all rules of its folder are read.
func TestATestFileWithoutItsRule(t *testing.T) {
	clitest.Files(t, files+"-- rules/renamed.test.yml --\ncases: []\n")
	tests, _ := load(t, nil, "rules")
	require.Len(t, tests.Found, 1)
	assert.Equal(t, "test-without-rule", tests.Found[0].Code)
	assert.Equal(t, "rules/renamed.test.yml", tests.Found[0].Range.String())
	tests, _ = load(t, nil, "rules/untested.yml")
	assert.Empty(t, tests.Found)
}

package assessment

import (
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/ruletests"
)

const files = `
-- who.yml --
title: Who
logsource: {product: windows, category: process_creation}
detection:
  a: {Image|endswith: ['\whoami.exe', '\who.exe']}
  not_b: {User: svc}
  condition: a and not not_b
-- who.test.yml --
cases:
  - name: one
    events: [{id: 1, Image: 'C:\whoami.exe', User: x}]
    expect: {ids: [1]}
-- twice.yml --
title: Twice
correlation: {type: event_count, rules: [base], timespan: 1h, condition: {gte: 2}}
---
title: Base
name: base
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
-- twice.test.yml --
cases:
  - name: none
    events: [{id: 1, Image: y}]
    expect: none
`

// judged judges the tests with some flags, and gives what was shown and whether it is good.
func judged(t *testing.T, args ...string) (out, errs string, good bool) {
	t.Helper()
	clitest.Files(t, files)
	var f Flags
	cmd := &cobra.Command{Use: "x", RunE: func(*cobra.Command, []string) error { return nil }}
	f.AddTo(cmd)
	cmd.SetArgs(append([]string{}, args...))
	require.NoError(t, cmd.Execute())
	assert.Equal(t, len(args) > 0, f.Asked())
	s, o, e := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"."}})
	require.NoError(t, err)
	tests := ruletests.Load(set, nil)
	all, err := f.Assess(tests)
	require.NoError(t, err)
	require.Len(t, all, 1, "a correlation is not judged")
	ShowSkipped(s, tests)
	f.Show(s, set, all, time.Second)
	return o.String(), e.String(), f.Good(all)
}

func TestCoverage(t *testing.T) {
	out, errs, good := judged(t, "--coverage")
	assert.True(t, good, "no coverage was asked for")
	assert.Contains(t, errs, "1 correlation with tests skipped: only rules have coverage and mutants\n")
	assert.Contains(t, errs, "warning[not-covered]: no test depends on this: ")
	assert.Contains(t, errs, "  --> who.yml:")
	assert.Contains(t, errs, "4 |   a: {Image|endswith:", "the rule's text is shown")
	assert.Regexp(t, `(?m)^ *\d+\.\d%  +\d+ of +\d+  who\.yml$`, out)
	assert.Regexp(t, `(?m)^coverage: \d+ of \d+ \(\d+\.\d%\) in 1 rule$`, out)
	_, _, good = judged(t, "--min-coverage", "100")
	assert.False(t, good)
	out, _, _ = judged(t, "--coverage-markdown")
	assert.Contains(t, out, "| Rule | Covered | Of | % |\n|---|---:|---:|---:|\n| who.yml | ")
}

func TestMutation(t *testing.T) {
	out, errs, good := judged(t, "--mutate")
	assert.False(t, good, "mutants survived")
	assert.Contains(t, errs, "warning[survivor]: no test notices this change (")
	assert.Contains(t, errs, "hint: --suggest writes a test case that notices it, if it finds one")
	assert.Contains(t, errs, "in 1.0 s\n")
	assert.Regexp(t, `(?m)^mutants: \d+ of \d+ killed \(\d+\.\d%\), \d+ survivors in 1 rule$`, out)
	out, errs, _ = judged(t, "--mutate", "--suggest")
	assert.Contains(t, errs, "hint: a suggested case notices it")
	assert.Contains(t, out, `- name: "suggestion 1: `)
}

func TestNothingToCoverIsCovered(t *testing.T) {
	assert.InDelta(t, 100, percent(0, 0), 0)
	_, _, good := judged(t)
	assert.True(t, good)
}

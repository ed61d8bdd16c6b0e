package ruleset_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/tests/fixture"
)

const selectable = `
-- rules/shell.yml --
title: Shell
name: shell
level: high
status: stable
tags: [attack.t1059.001]
logsource: {product: windows, category: process_creation}
detection: {a: {Image|filename: powershell.exe}, condition: a}
-- rules/logon.yml --
title: Logon
name: logon
level: low
status: test
tags: [attack.t1078]
logsource: {product: windows, service: security}
detection: {a: {EventID: 4625}, condition: a}
-- rules/guessing.yml --
title: Guessing
name: guessing
level: high
status: test
tags: [attack.t1110]
correlation: {type: event_count, rules: [logon], timespan: 1h, condition: {gte: 2}}
-- rules/part.yml --
title: Twice
name: twice
level: medium
correlation: {type: event_count, rules: [base], timespan: 1h, condition: {gte: 2}}
---
title: Base
name: base
level: critical
logsource: {product: linux, category: process_creation}
detection: {a: {Image: x}, condition: a}
`

// selected gives the names of the rules that are reported, and of those that are loaded.
func selected(t *testing.T, sel ruleset.Selection) (whole, loaded []string) {
	t.Helper()
	s, _, _ := clitest.Streams("")
	sel.Paths = []string{"rules"}
	set, err := ruleset.Load(s, &project.Project{}, sel)
	require.NoError(t, err)
	require.Empty(t, set.Found)
	return slugs(set.Whole()), append(slugs(set.Rules), slugs(set.Correlations)...)
}

// TestSelect: a correlation keeps the rules that it reads, and these report nothing of their own. A part of a
// correlation is never selected alone.
func TestSelect(t *testing.T) {
	clitest.Files(t, selectable)
	for _, c := range []struct {
		sel           ruleset.Selection
		whole, loaded []string
	}{
		{ruleset.Selection{}, []string{"logon", "shell", "guessing", "twice"}, []string{"logon", "base", "shell", "guessing", "twice"}},
		{ruleset.Selection{Levels: []string{"high"}}, []string{"shell", "guessing"}, []string{"logon", "shell", "guessing"}},
		{ruleset.Selection{Levels: []string{"medium", "low"}}, []string{"logon", "twice"}, []string{"logon", "base", "twice"}},
		{ruleset.Selection{Statuses: []string{"test"}}, []string{"logon", "guessing"}, []string{"logon", "guessing"}},
		{ruleset.Selection{Tags: []string{"attack.T1059"}}, []string{"shell"}, []string{"shell"}},
		{ruleset.Selection{Tags: []string{"attack.t1110", "attack.t1059"}, Statuses: []string{"test"}}, []string{"guessing"}, []string{"logon", "guessing"}},
	} {
		whole, loaded := selected(t, c.sel)
		assert.Equal(t, c.whole, whole, "%+v", c.sel)
		assert.Equal(t, c.loaded, loaded, "%+v", c.sel)
	}
}

func TestSelectNothing(t *testing.T) {
	clitest.Files(t, selectable)
	s, _, _ := clitest.Streams("")
	for _, c := range []struct {
		sel  ruleset.Selection
		want string
	}{
		{ruleset.Selection{Levels: []string{"critical"}}, "no rule has --level critical: decree list shows what they have"},
		{ruleset.Selection{Tags: []string{"attack.t105"}, Statuses: []string{"test"}}, "no rule has --tag attack.t105 --status test: decree list shows what they have"},
		{ruleset.Selection{Tags: []string{"attack.t1059.101"}}, "no rule has --tag attack.t1059.101: decree list shows what they have; did you mean attack.t1059.001?"},
		{ruleset.Selection{Tags: []string{"T1059", "t1"}}, "no rule has --tag T1059,t1: decree list shows what they have; did you mean attack.t1059?"},
		{ruleset.Selection{Levels: []string{"hi"}}, `unknown level "hi"`},
		{ruleset.Selection{Statuses: []string{"stabel"}}, `did you mean "stable"?`},
	} {
		c.sel.Paths = []string{"rules"}
		_, err := ruleset.Load(s, &project.Project{}, c.sel)
		assert.ErrorContains(t, err, c.want)
	}
}

// TestSelectAmongErrors: a rule that was asked for may be in a file that cannot be read, and then its errors are shown.
func TestSelectAmongErrors(t *testing.T) {
	clitest.Files(t, selectable+"-- rules/broken.yml --\ntitle: Broken\nlevel: critical\nlogsource: {product: linux}\ndetecton: {}\n")
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"rules"}, Levels: []string{"critical"}})
	require.NoError(t, err)
	assert.Empty(t, set.Whole())
	assert.Contains(t, codes(set), "missing-detection")
}

func codes(set *ruleset.Set) (out []string) {
	for _, d := range set.Found {
		out = append(out, d.Code)
	}
	return out
}

// TestTheProjectSaysWhatIsLeftOpen, and what the user names wins.
func TestTheProjectSaysWhatIsLeftOpen(t *testing.T) {
	clitest.Files(t, files)
	s, _, errs := clitest.Streams("")
	p := &project.Project{File: "decree.yml", Rules: []string{"windows"}, Filters: []string{"filters"}}
	set, err := ruleset.Load(s, p, ruleset.Selection{})
	require.NoError(t, err)
	assert.Equal(t, []string{"has_a_name", "who"}, slugs(set.Rules))
	assert.NotNil(t, set.Rules[1].IR.Filter)
	set.Show(s, set.Found)
	assert.Contains(t, errs.String(), "filter-covers-nothing")
	set, err = ruleset.Load(s, p, ruleset.Selection{Paths: []string{"twice.yml"}})
	require.NoError(t, err)
	assert.Equal(t, []string{"base"}, slugs(set.Rules))
	assert.NotContains(t, codes(set), "filter-covers-nothing", "the project's filters may be for its other rules")
	p.Filters = []string{"empty"}
	_, err = ruleset.Load(s, p, ruleset.Selection{})
	assert.NoError(t, err, "a project may have no filters yet")
	p.Filters = []string{"nowhere"}
	_, err = ruleset.Load(s, p, ruleset.Selection{})
	assert.ErrorContains(t, err, "filters of decree.yml: nowhere: ")
	p.Lint.Severity = map[string]string{"filter-covers-nothing": "off"}
	set, err = ruleset.Load(s, p, ruleset.Selection{Filters: ruleset.Filters{Paths: []string{"filters"}}})
	require.NoError(t, err)
	assert.NotContains(t, codes(set), "filter-covers-nothing", "turned off")
}

func TestTheLibraryHasNoHistory(t *testing.T) {
	s, _, _ := clitest.Streams("")
	_, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Library: true, Since: "HEAD"})
	assert.ErrorContains(t, err, "--since: the shipped library has no history")
}

const history = `
-- rules/who.yml --
title: Who
logsource: {product: windows, category: process_creation}
lists: {tools: {file: lists/tools.yml}}
detection: {a: {Image|filename|expand: '%tools%'}, condition: a}
regression_tests_path: data/info.yml
-- rules/lists/tools.yml --
title: Tools
values: [whoami.exe]
-- rules/who.test.yml --
cases:
  - name: recorded
    file: events.ndjson
    expect: {none: true}
-- rules/events.ndjson --
{"id": "1"}
-- data/info.yml --
regression_tests_info:
  - {name: one, path: recorded/a.ndjson}
-- recorded/a.ndjson --
{"Image": "whoami.exe"}
-- rules/other.yml --
title: Other
name: other
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
-- rules/often.yml --
title: Often
correlation: {type: event_count, rules: [other], timespan: 1h, condition: {gte: 2}}
-- filters/who.yml --
title: Not the service
logsource: {product: windows, category: process_creation}
filter: {rules: [other], selection: {User: svc}, condition: not selection}
`

// TestSince: a rule changed if its file, tests, events, lists, regression data or a filter on it did, and a correlation
// with the rules that it reads.
func TestSince(t *testing.T) {
	fixture.Tool(t, "git")
	clitest.Files(t, history)
	git := func(args ...string) {
		out, err := exec.Command("git", append([]string{"-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	git("init", "-q")
	git("add", ".")
	git("commit", "-qm", "one")
	sel := ruleset.Selection{Since: "HEAD", Filters: ruleset.Filters{Paths: []string{"filters"}}}
	whole, _ := selected(t, sel)
	assert.Empty(t, whole)
	for file, want := range map[string][]string{
		"rules/events.ndjson": {"who"}, "rules/who.test.yml": {"who"}, "rules/lists/tools.yml": {"who"}, "rules/who.yml": {"who"}, "data/info.yml": {"who"}, "recorded/a.ndjson": {"who"},
		"rules/other.yml": {"other", "often"}, "filters/who.yml": {"other", "often"}, "rules/often.yml": {"often"},
	} {
		before, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, append(before, '\n'), 0o644))
		whole, _ = selected(t, sel)
		assert.Equal(t, want, whole, file)
		require.NoError(t, os.WriteFile(file, before, 0o644))
	}
	require.NoError(t, os.Rename("recorded/a.ndjson", "recorded/b.ndjson"))
	whole, _ = selected(t, sel)
	assert.Equal(t, []string{"who"}, whole, "a recording is gone")
	require.NoError(t, os.Rename("recorded/b.ndjson", "recorded/a.ndjson"))
	require.NoError(t, os.WriteFile("rules/new.yml", []byte("title: New\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image: x}, condition: a}\n"), 0o644))
	whole, _ = selected(t, sel)
	assert.Equal(t, []string{"new"}, whole, "git does not track it yet")
	require.NoError(t, os.Remove("rules/new.yml"))
	require.NoError(t, os.WriteFile("filters/another.yml", []byte("title: Another\nlogsource: {product: windows}\nfilter: {rules: any, a: {Image: x}, condition: not a}\n"), 0o644))
	git("add", ".")
	git("commit", "-qm", "two")
	require.NoError(t, os.Remove("filters/another.yml"))
	whole, _ = selected(t, sel)
	assert.NotEmpty(t, whole, "a filter of the folder is gone")
	sel.Filters.Paths = []string{"filters/who.yml"}
	whole, _ = selected(t, sel)
	assert.Empty(t, whole, "a filter beside the given one is gone")
	s, _, _ := clitest.Streams("")
	_, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"rules"}, Since: "nowhere"})
	assert.ErrorContains(t, err, "--since nowhere: unknown git revision")
}

func TestSelectionFlags(t *testing.T) {
	var sel ruleset.Selection
	cmd := &cobra.Command{Use: "x", RunE: func(*cobra.Command, []string) error { return nil }}
	sel.AddTo(cmd)
	cmd.SetArgs([]string{"--library", "--tag", "a,b", "--level", "high", "--level", "low", "--status", "test", "--since", "HEAD", "--filters", "dir"})
	require.NoError(t, cmd.Execute())
	assert.Equal(t, ruleset.Selection{Library: true, Tags: []string{"a", "b"}, Levels: []string{"high", "low"}, Statuses: []string{"test"}, Since: "HEAD",
		Filters: ruleset.Filters{Paths: []string{"dir"}}}, sel)
}

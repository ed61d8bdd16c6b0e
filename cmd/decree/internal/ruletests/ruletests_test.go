package ruletests

import (
	"os"
	"path"
	"regexp"
	"strings"
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
	return loadSelected(t, only, ruleset.Selection{Paths: paths})
}

// loadFiltered loads tests of rules with the filters of a folder.
func loadFiltered(t *testing.T, only *regexp.Regexp, filters string, paths ...string) (*Tests, *ruleset.Set) {
	t.Helper()
	return loadSelected(t, only, ruleset.Selection{Paths: paths, Filters: ruleset.Filters{Paths: []string{filters}}})
}

func loadSelected(t *testing.T, only *regexp.Regexp, selection ruleset.Selection) (*Tests, *ruleset.Set) {
	t.Helper()
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, selection)
	require.NoError(t, err)
	tests := Load(set, only)
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
	for _, d := range tests.Required(set, []string{"experimental", "test"}) {
		assert.NotContains(t, d.Hint, "status: experimental", "it needs tests, too")
	}
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

// TestFindingsOfATestFileAreCountedOnce, not once for each rule of its file.
func TestFindingsOfATestFileAreCountedOnce(t *testing.T) {
	const rule = "title: A\nlogsource: {product: windows}\ndetection: {a: {Image: x}, condition: a}\n"
	clitest.Files(t, "-- a.yml --\n"+rule+"---\n"+rule+"-- a.test.yml --\nbad: 1\n")
	tests, _ := load(t, nil, "a.yml")
	assert.Equal(t, 2, tests.Found.Errors(), "%v", tests.Found)
}

// TestATestFileThatCannotBeRead is an error, of a rule and of a filter, and does not hide other tests.
func TestATestFileThatCannotBeRead(t *testing.T) {
	for _, file := range []string{"rules/who.test.yml", "filters/admins.test.yml"} {
		t.Run(file, func(t *testing.T) {
			clitest.Files(t, filtered+"-- rules/net.test.yml --\ncases: [{name: a, events: [{id: 1, Image: x}], expect: {ids: []}}]\n")
			require.NoError(t, os.WriteFile("elsewhere.yml", nil, 0o600))
			require.NoError(t, os.Symlink("../elsewhere.yml", file)) // it leads out of the folder
			s, _, _ := clitest.Streams("")
			set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"rules"}, Filters: ruleset.Filters{Paths: []string{"filters"}}})
			require.NoError(t, err)
			tests := Load(set, nil)
			require.Len(t, tests.Found, 1)
			assert.Equal(t, file+": error[unreadable-file]: outside the folder", tests.Found[0].Error())
			assert.Contains(t, tests.Found[0].Hint, "copy the file into "+path.Dir(file))
			assert.Equal(t, "net", tests.Tested[0].Rule.Slug(), "another rule's tests are run")
			assert.NotContains(t, slugs(tests.Untested), strings.TrimSuffix(path.Base(file), ".test.yml"), "it has tests")
		})
	}
}

func TestSelected(t *testing.T) {
	clitest.Files(t, filtered+"-- filters/admins.test.yml --"+filterTestFile)
	for only, want := range map[string]bool{
		"":                           true,
		"^who/filter admins: kept$":  true,
		"^who/filter admins: other$": false,
		"^who/kept":                  false,
		"^net/":                      false,
	} {
		tests, _ := loadFiltered(t, regexp.MustCompile(only), "filters", "rules")
		assert.Equal(t, want, tests.Selected(), only)
	}
	tests, _ := loadFiltered(t, nil, "filters", "rules")
	assert.True(t, tests.Selected(), "without a selection all are selected")
	tests, _ = load(t, nil, "rules")
	assert.False(t, tests.Selected(), "there is none")
}

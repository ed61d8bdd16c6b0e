package ruletests

import (
	"fmt"
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

// TestATestFileOfAnotherName is a warning, unless the file has rules.
func TestATestFileOfAnotherName(t *testing.T) {
	const aRule = "title: A\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image: x}, condition: a}\n"
	clitest.Files(t, files+"-- rules/untested_test.yml --\ncases: []\n-- rules/untested.Tests.yaml --\ncases: []\n-- rules/nothing_test.yml --\ncases: []\n-- rules/untested-test.yml --\n"+aRule)
	tests, _ := load(t, nil, "rules")
	require.Len(t, tests.Found, 2)
	assert.ErrorContains(t, tests.Found[0], "rules/untested.Tests.yaml: warning[test-without-rule]: these tests are not run: the tests of untested.yml are in untested.test.yml")
	assert.Equal(t, "rename it to untested.test.yml", tests.Found[0].Hint)
	assert.ErrorContains(t, tests.Found[1], "rules/untested_test.yml: warning[test-without-rule]")
}

// TestATestFileInCapitals is not run, since only one spelling can be asked for, and is not passed over either.
func TestATestFileInCapitals(t *testing.T) {
	clitest.Files(t, files+"-- rules/untested.test.YML --\ncases: []\n-- rules/LOUD.YML --\n"+"title: Loud\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image: x}, condition: a}\n"+"-- rules/LOUD.Test.yml --\ncases: []\n")
	tests, _ := load(t, nil, "rules")
	require.Len(t, tests.Found, 2)
	assert.ErrorContains(t, tests.Found[0], "rules/LOUD.Test.yml: warning[test-without-rule]: these tests are not run: the ending of a test file is in lower case")
	assert.Equal(t, "rename it to LOUD.test.yml", tests.Found[0].Hint)
	assert.ErrorContains(t, tests.Found[1], "rules/untested.test.YML: warning[test-without-rule]: these tests are not run")

	require.NoError(t, os.Rename("rules/LOUD.Test.yml", "rules/LOUD.test.yml"))
	require.NoError(t, os.Remove("rules/untested.test.YML"))
	tests, _ = load(t, nil, "rules")
	require.Len(t, tests.Found, 1)
	assert.Equal(t, "no-cases", tests.Found[0].Code, "it is read: the rule file may have any case")
}

const filtered = `
-- rules/who.yml --
title: Who
name: who
logsource: {product: windows, category: process_creation}
detection: {a: {Image|endswith: '\whoami.exe'}, condition: a}
-- rules/net.yml --
title: Net
name: net
logsource: {product: windows, category: process_creation}
detection: {a: {Image|endswith: '\net.exe'}, condition: a}
-- filters/admins.yml --
title: Admins
logsource: {product: windows, category: process_creation}
filter:
  rules: [who]
  selection: {User: adm}
  condition: not selection
-- filters/untested.yml --
title: Untested
logsource: {product: windows, category: process_creation}
filter:
  rules: [net]
  selection: {User: adm}
  condition: not selection
`

const filterTestFile = `
cases:
  - name: kept
    events: [{id: 1, Image: 'C:\whoami.exe', User: adm}, {id: 2, Image: 'C:\whoami.exe', User: ann}]
    expect: {ids: [2]}
  - name: same
    events: [{id: 2, Image: 'D:\whoami.exe', User: ann}]
    same_as: kept
  - name: wrong
    events: [{id: 1, Image: 'C:\whoami.exe', User: adm}]
    expect: {ids: [1]}
`

// TestTheTestsOfAFilter test the rules that it covers, and no others.
func TestTheTestsOfAFilter(t *testing.T) {
	clitest.Files(t, filtered+"-- filters/admins.test.yml --"+filterTestFile)
	tests, _ := loadFiltered(t, nil, "filters", "rules")
	require.Empty(t, tests.Found)
	assert.Equal(t, map[string]bool{"filter admins: kept": true, "filter admins: same": true, "filter admins: wrong": false}, passed(tests))
	require.Len(t, tests.Tested, 1)
	assert.Equal(t, "who", tests.Tested[0].Rule.Slug())
	assert.Equal(t, []string{"net", "who"}, slugs(tests.Untested), "neither has tests of its own")
	before, err := os.ReadFile("filters/admins.test.yml")
	require.NoError(t, err)
	s, _, errs := clitest.Streams("")
	require.NoError(t, tests.Update(s, false))
	after, err := os.ReadFile("filters/admins.test.yml")
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after), "a rule that lacks a test file updates none")
	assert.Empty(t, errs.String())
}

func TestFindingsInTheTestsOfAFilter(t *testing.T) {
	for _, c := range []struct{ name, files, code, message string }{
		{"a second file", "-- filters/admins.test.yml --" + filterTestFile + "-- filters/admins.test.yaml --\ncases: []\n", "second-test-file", "the filter has a second test file: admins.test.yml is run, and this one is not"},
		{"no cases", "-- filters/admins.test.yml --\nfixtures: {}\n", "no-cases", "the test file has no cases"},
	} {
		t.Run(c.name, func(t *testing.T) {
			clitest.Files(t, filtered+c.files)
			tests, _ := loadFiltered(t, nil, "filters", "rules")
			require.Len(t, tests.Found, 1)
			assert.Equal(t, c.code, tests.Found[0].Code)
			assert.Equal(t, c.message, tests.Found[0].Message)
			assert.Contains(t, tests.Found[0].Range.String(), "filters/admins.test.y")
		})
	}
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

// TestUpdateLeavesWhatItCannotWrite, and says so.
func TestUpdateLeavesWhatItCannotWrite(t *testing.T) {
	who := "title: %s\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image: 'C:\\%s.exe'}, condition: a}\n"
	wrong := "  - {name: wrong, events: [{id: 1, Image: 'C:\\who.exe'}], expect: {ids: [%s]}}\n"
	for _, c := range []struct {
		name, rules, cases, errs, after string
	}{
		{
			"an expectation with a second rule of its file", fmt.Sprintf(who, "A", "who") + "---\n" + fmt.Sprintf(who, "B", "net"), "cases:\n" + fmt.Sprintf(wrong, "2"),
			"updated r/a.test.yml: wrong\nnot updated in r/a.test.yml, edit by hand: wrong\n", "cases:\n" + fmt.Sprintf(wrong, "1"),
		},
		{
			"a comparison", fmt.Sprintf(who, "A", "who"), "cases:\n" + fmt.Sprintf(wrong, "1") + "  - {name: same, events: [{id: 2, Image: 'C:\\who.exe'}], same_as: wrong}\n",
			"not updated in r/a.test.yml, edit by hand: same\n", "cases:\n" + fmt.Sprintf(wrong, "1") + "  - {name: same, events: [{id: 2, Image: 'C:\\who.exe'}], same_as: wrong}\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			clitest.Files(t, "-- r/a.yml --\n"+c.rules+"-- r/a.test.yml --\n"+c.cases)
			tests, _ := load(t, nil, "r")
			require.Empty(t, tests.Found)
			s, _, errs := clitest.Streams("")
			require.NoError(t, tests.Update(s, false))
			assert.Equal(t, c.errs, errs.String())
			after, err := os.ReadFile("r/a.test.yml")
			require.NoError(t, err)
			assert.Equal(t, c.after, string(after))
		})
	}
}

// TestUpdateOfAProtectedFile needs force.
func TestUpdateOfAProtectedFile(t *testing.T) {
	clitest.Files(t, files)
	require.NoError(t, os.Chmod("rules/who.test.yml", 0o400))
	tests, _ := load(t, nil, "rules")
	s, _, errs := clitest.Streams("")
	require.ErrorContains(t, tests.Update(s, false), "it is write-protected: --force overwrites it")
	assert.Empty(t, errs.String())
	require.NoError(t, tests.Update(s, true))
	assert.Equal(t, "updated rules/who.test.yml: wrong\n", errs.String())
}

// several is a file with a correlation, its part that alerts, too, and one that does not.
const several = `
-- r/gen.yml --
title: Part
name: part
logsource: {product: windows, category: process_creation}
detection: {a: {Image: 'C:\who.exe'}, condition: a}
---
title: Only read
name: read
logsource: {product: windows, category: process_creation}
detection: {a: {Image: 'C:\net.exe'}, condition: a}
---
title: Many
name: many
correlation: {type: event_count, rules: [part], generate: true, timespan: 5m, condition: {gte: 2}}
---
title: One after another
name: both
correlation: {type: temporal, rules: [part, read], timespan: 5m}
`

const eventsOfSeveral = "    events: [{id: 1, Image: 'C:\\who.exe', UtcTime: '2026-03-01 10:00:00'}, {id: 2, Image: 'C:\\who.exe', UtcTime: '2026-03-01 10:01:00'}, {id: 3, Image: 'C:\\net.exe', UtcTime: '2026-03-01 10:02:00'}]\n"

// TestACaseNamesItsRule in a file with several: the others have cases of their own, or none.
func TestACaseNamesItsRule(t *testing.T) {
	of := func(name, rule, ids string) string {
		return "  - name: " + name + "\n    rule: " + rule + "\n" + eventsOfSeveral + "    expect: {ids: " + ids + "}\n"
	}
	clitest.Files(t, several+"-- r/gen.test.yml --\ncases:\n"+of("a", "part", "[1, 2]")+of("b", "many", "[2]")+of("c", "read", "[3]"))
	tests, _ := load(t, nil, "r")
	require.Empty(t, tests.Found)
	ran := map[string][]string{}
	for i, outcomes := range tests.Run() {
		for _, o := range outcomes {
			assert.True(t, o.Passed(), "%v", o.Failures)
			ran[tests.Tested[i].Rule.Slug()] = append(ran[tests.Tested[i].Rule.Slug()], o.Case)
		}
	}
	assert.Equal(t, map[string][]string{"part": {"a"}, "many": {"b"}, "read": {"c"}}, ran)
	assert.Equal(t, []string{"both"}, slugs(tests.Untested))

	clitest.Files(t, several+"-- r/gen.test.yml --\ncases:\n"+of("a", "prt", "[1, 2]")+of("b", "x", "[2]"))
	tests, _ = load(t, nil, "r")
	require.Len(t, tests.Found, 2)
	assert.Equal(t, `r/gen.test.yml:3:11: error[case-of-unknown-rule]: no rule that this file tests has the name or id "prt"`, tests.Found[0].Error())
	assert.Equal(t, "did you mean `part`?", tests.Found[0].Hint)
	assert.Equal(t, "name one of the rules that the file tests, by its `name` or `id`", tests.Found[1].Hint)
}

// TestUpdateOfCasesOfSeveralRules writes what each finds.
func TestUpdateOfCasesOfSeveralRules(t *testing.T) {
	of := func(rule, ids string) string {
		return "  - name: of " + rule + "\n    rule: " + rule + "\n" + eventsOfSeveral + "    expect: {ids: " + ids + "}\n"
	}
	clitest.Files(t, several+"-- r/gen.test.yml --\ncases:\n"+of("part", "[]")+of("many", "[]")+of("read", "[]"))
	tests, _ := load(t, nil, "r")
	s, _, errs := clitest.Streams("")
	require.NoError(t, tests.Update(s, false))
	assert.Equal(t, "updated r/gen.test.yml: of many, of part, of read\n", errs.String())
	after, err := os.ReadFile("r/gen.test.yml")
	require.NoError(t, err)
	assert.Equal(t, "cases:\n"+of("part", "[1, 2]")+of("many", "[2]")+of("read", "[3]"), string(after))
}

// TestACaseOfAFilterNamesItsRule, one of those that the filter covers.
func TestACaseOfAFilterNamesItsRule(t *testing.T) {
	clitest.Files(t, strings.Replace(filtered, "rules: [who]", "rules: any", 1)+`-- filters/admins.test.yml --
cases:
  - name: kept
    rule: who
    events: [{id: 1, Image: 'C:\whoami.exe', User: adm}, {id: 2, Image: 'C:\whoami.exe', User: ann}]
    expect: {ids: [2]}
`)
	tests, _ := loadFiltered(t, nil, "filters", "rules")
	require.Empty(t, tests.Found)
	assert.Equal(t, map[string]bool{"filter admins: kept": true}, passed(tests))
}

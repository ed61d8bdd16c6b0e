package queries

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/targets"
	"decree/compilers"
)

const files = `
-- windows/who.yml --
title: Who
logsource: {product: windows, category: process_creation}
detection: {a: {Image|endswith: '\whoami.exe'}, condition: a}
-- linux/who.yml --
title: Who
logsource: {product: linux, category: process_creation}
detection: {a: {Image|endswith: '/who'}, condition: a}
-- aws.yml --
title: Key
name: key
logsource: {product: aws, service: cloudtrail}
detection: {a: {eventName: CreateAccessKey}, condition: a}
-- nothing.yml --
title: Nothing
logsource: {product: nothing, category: nothing}
detection: {a: {x: y}, condition: a}
-- pim.yml --
title: Role
logsource: {product: azure, service: pim}
detection: {a: {x: y}, condition: a}
-- union.yml --
title: Union
logsource:
  - {product: windows, category: file_event}
  - {product: windows, category: process_creation}
detection: {a: {Image|re: '(?J)(?<n>a)|(?<n>b)(?(n)c|d)'}, condition: a}
-- own.yml --
name: own
extends: mde
`

// compiled compiles the rules of paths.
func compiled(t *testing.T, opt Options, target string, paths ...string) (*ruleset.Set, []Result) {
	t.Helper()
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: paths})
	require.NoError(t, err)
	chosen, err := targets.Choose(nil, []string{target})
	require.NoError(t, err)
	results, err := Compile(set, chosen, opt)
	require.NoError(t, err)
	return set, results
}

// TestFindingsOfSeveralSourcesAreToldOnce: each source of a union cannot say the expression.
func TestFindingsOfSeveralSourcesAreToldOnce(t *testing.T) {
	clitest.Files(t, files)
	for _, target := range []string{"spl", "kql", "eql"} {
		_, results := compiled(t, Options{}, target, "union.yml")
		require.Len(t, results, 1)
		assert.Nil(t, results[0].Query, target)
		assert.Len(t, results[0].Found, 1, target)
	}
}

func TestTheFirstModelThatCanSayARuleIsTaken(t *testing.T) {
	clitest.Files(t, files)
	set, results := compiled(t, Options{}, "kql", "windows", "aws.yml", "pim.yml", "nothing.yml")
	require.Len(t, results, 4)
	models := map[string]string{}
	for _, r := range results {
		models[r.Rule] = r.Model
	}
	assert.Equal(t, "mde", models["who"])
	assert.NotEqual(t, "mde", models["key"])
	refused := results[2]
	assert.Nil(t, refused.Query)
	assert.Empty(t, refused.Files())
	assert.False(t, refused.Skipped)
	assert.True(t, results[3].Skipped, "its product is in no model of the target")
	assert.False(t, results[3].Found.HasErrors())
	s, out, errs := clitest.Streams("")
	found := set.Found
	for _, r := range results {
		set.KeepRule(r.Source)
		found = append(found, r.Found...)
	}
	Show(s, set, found, results)
	ShowCounts(s, results)
	assert.Contains(t, errs.String(), "error[no-log-source]")
	assert.Contains(t, errs.String(), "info["+compilers.AnotherProduct+"]")
	assert.Contains(t, errs.String(), "kql: 2 of 4 rules have a query, 1 refused, 1 skipped\n")
	assert.Contains(t, errs.String(), compilers.ModelPassedOver)
	Print(s, results)
	assert.Contains(t, out.String(), "=== Microsoft KQL: who ===\n")
	assert.Contains(t, out.String(), "\n\n=== Microsoft KQL: key ===\n", "a line between queries")
	assert.NotContains(t, out.String(), "nothing")
}

func TestAModelThatIsNamed(t *testing.T) {
	clitest.Files(t, files)
	_, results := compiled(t, Options{Model: "asim"}, "kql", "windows")
	assert.Equal(t, "asim", results[0].Model)
	_, results = compiled(t, Options{ModelFile: "own.yml"}, "kql", "windows")
	assert.Equal(t, "own", results[0].Model)
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"windows"}})
	require.NoError(t, err)
	for name, want := range map[string]string{
		"ecs":  "target kql has no queries for model ecs: its models are asim, mde",
		"mdee": `unknown model "mdee"`,
	} {
		_, err = Compile(set, targets.All[:1], Options{Model: name})
		assert.ErrorContains(t, err, want)
	}
}

// TestARefusalIsNoSkip where the sources of the model are of any product.
func TestARefusalIsNoSkip(t *testing.T) {
	clitest.Files(t, "-- who.yml --\ntitle: Who\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {NoSuchField: x}, condition: a}\n"+
		"-- script.yml --\ntitle: Script\nlogsource: {product: windows, category: ps_script}\ndetection: {a: {ScriptBlockText: x}, condition: a}\n")
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"who.yml", "script.yml"}})
	require.NoError(t, err)
	spl := slices.IndexFunc(targets.All, func(t targets.Target) bool { return t.Name == "spl" })
	results, err := Compile(set, targets.All[spl:spl+1], Options{Model: "cim"})
	require.NoError(t, err)
	for _, r := range results {
		assert.Nil(t, r.Query)
		assert.Equal(t, r.Rule == "script", r.Skipped, r.Rule)
		assert.Equal(t, r.Rule == "who", r.Found.HasErrors(), r.Rule)
	}
}

// TestARefusalNamesTheModelThatCanSayTheRule, where one model was chosen and another of the language has what it lacks.
func TestARefusalNamesTheModelThatCanSayTheRule(t *testing.T) {
	clitest.Files(t, files+"-- logon.yml --\ntitle: Logon\nlogsource: {product: windows, service: security}\ndetection: {a: {EventID: 4624, LogonType: 10}, condition: a}\n"+
		"-- never.yml --\ntitle: Never\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image: x}, condition: a and not a}\n"+
		"-- twins.yml --\ntitle: Twins\nlogsource: {product: aws, service: cloudtrail}\ndetection: {a: {eventName: x}, condition: a and not a}\n")
	for _, c := range []struct {
		opt    Options
		target string
		rule   string
		want   string
	}{
		{Options{Model: "mde"}, "kql", "logon.yml", "data model sentinel can say the rule: --model sentinel, or a target with `model: sentinel`"},
		{Options{Model: "splunk-windows"}, "spl", "aws.yml", "data model splunk-cloud has the rule's log source: --model splunk-cloud, or a target with `model: splunk-cloud`"},
		// that of a skipped rule is not compiled: it may refuse the rule
		{Options{Model: "splunk-windows"}, "spl", "twins.yml", "data model splunk-cloud has the rule's log source"},
		{Options{Model: "sentinel"}, "kql", "pim.yml", ""}, // no model has it
		{Options{}, "kql", "pim.yml", ""},
		{Options{ModelFile: "own.yml"}, "kql", "logon.yml", ""},
		{Options{Model: "mde"}, "kql", "never.yml", ""},
	} {
		_, results := compiled(t, c.opt, c.target, c.rule)
		require.Nil(t, results[0].Query, c.rule)
		hints := ""
		for _, d := range results[0].Found {
			hints += d.Hint + "\n"
		}
		if c.want == "" {
			assert.NotContains(t, hints, "or a target with", c.rule)
		} else {
			assert.Contains(t, hints, c.want, c.rule)
		}
	}
}

func TestManyQueriesForALessPreferredModelAreCounted(t *testing.T) {
	archive := ""
	for _, name := range []string{"a", "b", "c", "d"} {
		archive += "-- rules/" + name + ".yml --\ntitle: Key\nlogsource: {product: aws, service: cloudtrail}\ndetection: {a: {eventName: x}, condition: a}\n"
	}
	clitest.Files(t, archive)
	set, results := compiled(t, Options{}, "kql", "rules")
	var found = set.Found
	for _, r := range results {
		found = append(found, r.Found...)
	}
	s, _, errs := clitest.Streams("")
	Show(s, set, found, results)
	assert.Contains(t, errs.String(), "kql: 4 queries use model sentinel, because model mde cannot say those rules\n")
	assert.Contains(t, errs.String(), "--format json gives the reason for each rule\n")
	assert.NotContains(t, errs.String(), compilers.ModelPassedOver)
	set, results = compiled(t, Options{}, "spl", "rules")
	s, _, errs = clitest.Streams("")
	Show(s, set, nil, results)
	assert.Equal(t, "spl: 4 queries use model splunk-cloud, because models splunk-windows, splunk-linux cannot say those rules\n--format json gives the reason for each rule\n", errs.String(), "one line for a model")
}

func TestRemarks(t *testing.T) {
	one, other := remark{target: "kql"}, remark{target: "kql", model: "asim", passed: "mde"}
	assert.Equal(t, "kql: 1 rule is skipped, because its log source is another product's", one.text(1))
	assert.Equal(t, "kql: 2 rules are skipped, because their log sources are other products'", one.text(2))
	written := remark{target: "kql", written: true}
	assert.Equal(t, "kql: 1 rule is skipped, because it has queries for other targets alone", written.text(1))
	assert.Equal(t, "kql: 2 rules are skipped, because they have queries for other targets alone", written.text(2))
	assert.Equal(t, "kql: 1 query uses model asim, because model mde cannot say that rule", other.text(1))
	assert.Equal(t, "kql: 2 queries use model asim, because model mde cannot say those rules", other.text(2))
}

func TestRulesOfOneNameGetTheirFolders(t *testing.T) {
	clitest.Files(t, files)
	_, results := compiled(t, Options{}, "spl", "windows", "linux", "aws.yml")
	var paths []string
	for _, r := range results {
		for _, f := range r.Files() {
			paths = append(paths, f.Path)
		}
	}
	assert.Equal(t, []string{"spl/windows/who.spl", "spl/linux/who.spl", "spl/key.spl"}, paths)
	assert.Equal(t, `"Who" (windows/who.yml:1:1)`, results[0].Files()[0].From)
}

func TestRulesOfOneFileGetTheirTitles(t *testing.T) {
	rule := "logsource: {product: windows, category: process_creation}\ndetection: {a: {Image: x}, condition: a}\n"
	clitest.Files(t, "-- both.yml --\ntitle: One\n"+rule+"---\ntitle: Two\n"+rule)
	_, results := compiled(t, Options{}, "eql", "both.yml")
	require.Len(t, results, 2)
	assert.Equal(t, "eql/both_One.eql", results[0].Files()[0].Path)
	assert.Equal(t, "eql/both_Two.eql", results[1].Files()[0].Path)
	assert.Zero(t, sharedStart(nil))
}

func TestAssetsStandBesideTheirQuery(t *testing.T) {
	clitest.Files(t, `
-- lists/tools.yml --
title: Tools
values: [a.exe, b.exe]
-- who.yml --
title: Who
logsource: {product: windows, category: process_creation}
lists: {tools: {file: lists/tools.yml}}
detection: {a: {Image|filename|expand: '%tools%'}, condition: a}
`)
	_, results := compiled(t, Options{Lists: "apart"}, "spl", "who.yml")
	files := results[0].Files()
	require.Greater(t, len(files), 1)
	assert.Regexp(t, `^spl/who\.assets/`, files[1].Path)
	s, out, _ := clitest.Streams("")
	Print(s, results)
	assert.Contains(t, out.String(), "--- asset ")
}

func TestCorrelationsAreCompiled(t *testing.T) {
	clitest.Files(t, `
-- c.yml --
title: Twice
correlation: {type: event_count, rules: [base], group-by: [User], timespan: 1h, condition: {gte: 2}}
---
title: Base
name: base
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
`)
	_, results := compiled(t, Options{}, "kql", "c.yml")
	require.Len(t, results, 1)
	require.NotNil(t, results[0].Query, results[0].Found)
}

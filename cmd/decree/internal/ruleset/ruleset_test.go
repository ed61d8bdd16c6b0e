package ruleset_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/rules/diag"
)

const files = `
-- lists/tools.yml --
title: Tools
values: [whoami.exe]
-- windows/who.yml --
title: Who
id: 6f1f5a56-3d0e-4c55-8e4b-0a4a8d4b9a11
level: high
logsource: {product: windows, category: process_creation}
lists:
  tools: {file: ../lists/tools.yml}
detection:
  a: {Image|filename|expand: '%tools%'}
  condition: a
-- windows/named.yaml --
title: Named
name: has_a_name
tags: [attack.t1033, attack.t1033]
logsource: {product: windows, category: process_creation}
detection:
  a: {Image: x}
  condition: a
-- twice.yml --
title: Twice
correlation: {type: event_count, rules: [base], timespan: 1h, condition: {gte: 2}}
---
title: Base
name: base
logsource: {product: linux, category: process_creation}
detection:
  a: {Image: x}
  condition: a
-- broken.yml --
title: Broken
logsource: {product: windows}
detection:
  a: {Image|endwith: x}
  condition: a
-- filters/who.yml --
title: Not the service
logsource: {product: windows, category: process_creation}
filter:
  rules: [6f1f5a56-3d0e-4c55-8e4b-0a4a8d4b9a11]
  selection: {User: svc}
  condition: selection
-- filters/none.yml --
title: Of nothing
logsource: {product: windows, category: process_creation}
filter:
  rules: [has_no_rule]
  selection: {User: svc}
  condition: selection
-- comment.yml --
# nothing yet
-- empty/readme.txt --
no rules
`

// load loads rules and requires that it can.
func load(t *testing.T, f ruleset.Filters, paths ...string) (*ruleset.Set, string) {
	t.Helper()
	s, _, errs := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: paths, Filters: f})
	require.NoError(t, err)
	set.Show(s, set.Found)
	return set, errs.String()
}

func slugs(all []ruleset.Rule) (out []string) {
	for _, r := range all {
		out = append(out, r.Slug())
	}
	return out
}

func TestLoad(t *testing.T) {
	clitest.Files(t, files)
	set, shown := load(t, ruleset.Filters{}, "windows", "twice.yml", "windows/who.yml")
	assert.Empty(t, shown)
	assert.Equal(t, []string{"has_a_name", "who", "base"}, slugs(set.Rules), "a file that is named twice is read once")
	assert.Equal(t, []string{"twice"}, slugs(set.Correlations))
	assert.Equal(t, []string{"has_a_name", "who", "twice"}, slugs(set.Whole()), "the correlation stands for its part")
	assert.Len(t, set.Lowered(), 3)
	assert.Len(t, set.LoweredCorrelations(), 1)
	assert.Equal(t, []string{"linux"}, products(set.Correlations[0]))
	assert.Equal(t, []string{"windows"}, products(set.Rules[0]))
	assert.ElementsMatch(t, []string{"windows/named.yaml", "windows/who.yml", "twice.yml"}, slashed(set.OnDisk()))
}

func products(r ruleset.Rule) (out []string) {
	for _, ls := range r.LogSources() {
		out = append(out, ls.Product)
	}
	return out
}

func slashed(paths []string) []string {
	for i, p := range paths {
		paths[i] = filepath.ToSlash(p)
	}
	return paths
}

func TestTheLibraryIsLoadedWhereItIsAskedFor(t *testing.T) {
	s, _, errs := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Library: true})
	require.NoError(t, err)
	assert.Empty(t, errs.String())
	assert.NotEmpty(t, set.Rules)
	assert.Empty(t, set.OnDisk())
	assert.ErrorContains(t, set.Fix(s, false), "--fix needs files on disk")
	_, err = ruleset.Load(s, &project.Project{}, ruleset.Selection{})
	assert.ErrorIs(t, err, ruleset.ErrNoRules)
}

func TestABadFileHidesNoOther(t *testing.T) {
	clitest.Files(t, files)
	set, shown := load(t, ruleset.Filters{}, "broken.yml", "windows")
	assert.Len(t, set.Rules, 2)
	assert.Equal(t, 1, set.Failed)
	assert.Contains(t, shown, "error[unknown-modifier]: unknown modifier \"endwith\"\n  --> broken.yml:4:13\n")
	assert.Contains(t, shown, "4 |   a: {Image|endwith: x}", "the text is read again to be shown")
	assert.Nil(t, set.Text("nowhere.yml"))
}

func TestPathsWithoutRulesAreErrors(t *testing.T) {
	clitest.Files(t, files+"-- dist/.decree-output --\nkql/a.yml\n-- dist/kql/a.yml --\ntitle: A\n")
	s, _, _ := clitest.Streams("")
	for path, want := range map[string]string{
		"dist":        "dist: no rule files (.yml, .yaml) in this folder but what decree wrote into it: name the folder of the rules that it was made of",
		"nowhere":     "nowhere: no such file or folder, and no rule that decree ships has this name, id or title",
		"no/where":    "no/where: no such file or folder",
		"no*":         "no*: no file matches",
		"windws":      "windws: no such file or folder; did you mean windows?",
		"empty":       "empty: no rule files (.yml, .yaml) in this folder",
		"comment.yml": "no rules in comment.yml",
	} {
		_, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{path}})
		assert.EqualError(t, err, want)
	}
}

// TestATestFileStandsForItsRule in a list of files, as a shell or a hook passes it.
func TestATestFileStandsForItsRule(t *testing.T) {
	clitest.Files(t, files+"-- windows/who.test.yml --\ncases: []\n-- windows/named.test.yml --\ncases: []\n-- windows/gone.test.yml --\ncases: []\n")
	s, _, _ := clitest.Streams("")
	for _, c := range []struct{ given, want []string }{
		{[]string{"windows/who.test.yml"}, []string{"windows/who.yml"}},
		{[]string{"windows/who.test.yml", "windows/who.yml"}, []string{"windows/who.yml"}},
		{[]string{"windows/named.test.yml"}, []string{"windows/named.yaml"}},
		{[]string{"windows/gone.test.yml"}, []string{"windows/gone.test.yml"}}, // no rule is beside it, and a finding says so
	} {
		set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: c.given})
		require.NoError(t, err)
		assert.Equal(t, c.want, slashed(set.OnDisk()))
		assert.Equal(t, len(set.Rules) == 0, set.Found.HasErrors())
	}
}

// TestAFileWithoutADocument is passed over.
func TestAFileWithoutADocument(t *testing.T) {
	clitest.Files(t, files+"-- windows/empty.yml --\n")
	s, _, errs := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"windows"}})
	require.NoError(t, err)
	assert.Empty(t, set.Found)
	assert.Len(t, set.PassedOver, 1)
	assert.Contains(t, errs.String(), "passed over 1 file that is not a rule")
}

func TestFilters(t *testing.T) {
	clitest.Files(t, files)
	set, shown := load(t, ruleset.Filters{Paths: []string{"filters"}}, "windows")
	filtered := map[string]bool{}
	for _, r := range set.Rules {
		filtered[r.Slug()] = r.IR.Filter != nil
	}
	assert.Equal(t, map[string]bool{"who": true, "has_a_name": false}, filtered)
	assert.Contains(t, shown, `warning[filter-covers-nothing]: filter "Of nothing" applies to none of the given rules`)
	assert.Contains(t, slashed(set.OnDisk()), "filters/who.yml")
	s, _, _ := clitest.Streams("")
	for _, c := range []struct {
		of   ruleset.Filters
		want string
	}{
		{ruleset.Filters{Paths: []string{"empty"}}, "--filters empty: empty: no filter files (.yml, .yaml) in this folder"},
		{ruleset.Filters{Paths: []string{"nowhere"}}, "--filters nowhere: "},
		{ruleset.Filters{Condition: "supress"}, `unknown filter condition "supress" (one of suppress, require); did you mean "suppress"?`},
	} {
		_, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"windows"}, Filters: c.of})
		assert.ErrorContains(t, err, c.want)
	}
}

func TestAFilterOfACorrelationOrAFileNameIsToldWhatToName(t *testing.T) {
	clitest.Files(t, files+`
-- more/twice.yml --
title: Of the correlation
logsource: {product: linux, category: process_creation}
filter: {rules: [2f6f5a56-3d0e-4c55-8e4b-0a4a8d4b9a11], selection: {User: svc}, condition: selection}
-- more/file.yml --
title: Of the file
logsource: {product: windows, category: process_creation}
filter: {rules: [who], selection: {User: svc}, condition: selection}
-- more/pattern.yml --
title: Of all
logsource: {product: windows, category: process_creation}
filter: {rules: '*', selection: {User: svc}, condition: selection}
-- corr.yml --
title: Twice
id: 2f6f5a56-3d0e-4c55-8e4b-0a4a8d4b9a11
correlation: {type: event_count, rules: [base], timespan: 1h, condition: {gte: 2}}
---
title: Base
name: base
logsource: {product: linux, category: process_creation}
detection: {a: {Image: x}, condition: a}
`)
	_, shown := load(t, ruleset.Filters{Paths: []string{"more"}}, "windows", "corr.yml")
	assert.Contains(t, shown, `hint: "Twice" is a correlation: name the rules that it reads`)
	assert.Contains(t, shown, "hint: names have no wildcards: write `rules: any` for every rule of the log source")
	assert.Contains(t, shown, "hint: windows/who.yml has no name: add `name: who` to it, or write its id under `rules`")
}

func TestAPartOfABrokenCorrelationIsNotRun(t *testing.T) {
	clitest.Files(t, `
-- c.yml --
title: Twice
correlation: {type: event_count, rules: [base, nothing], timespan: 1h, condition: {gte: 2}}
---
title: Base
name: base
logsource: {product: linux, category: process_creation}
detection: {a: {Image: x}, condition: a}
`)
	set, shown := load(t, ruleset.Filters{}, "c.yml")
	assert.Contains(t, shown, "error[")
	assert.Equal(t, 1, set.Failed)
	assert.Empty(t, set.Correlations)
	assert.Len(t, set.Rules, 1)
	assert.Empty(t, set.Lowered())
	assert.Empty(t, set.Whole())
}

func TestLintAndFix(t *testing.T) {
	clitest.Files(t, files)
	set, _ := load(t, ruleset.Filters{}, "windows", "twice.yml")
	s, _, errs := clitest.Streams("")
	codes := map[string]int{}
	for _, d := range set.Lint(s) {
		codes[d.Code]++
	}
	assert.Equal(t, 1, codes["duplicate-tag"])
	assert.Equal(t, 1, codes["missing-id"], "a part of a correlation needs none")
	require.NoError(t, set.Fix(s, false))
	assert.Contains(t, errs.String(), "fixed windows/named.yaml:3:22: duplicate-tag\n")
	assert.Contains(t, errs.String(), "1 finding fixed in 1 file\n")
	fixed, err := os.ReadFile("windows/named.yaml")
	require.NoError(t, err)
	assert.NotContains(t, string(fixed), "attack.t1033, attack.t1033")
}

func TestTextsAreKept(t *testing.T) {
	clitest.Files(t, files)
	set, _ := load(t, ruleset.Filters{}, "windows")
	set.KeepText("shown.yml", []byte("text"))
	assert.Equal(t, "text", string(set.Text("shown.yml")))
	assert.Nil(t, set.Text("windows/who.yml"), "a file without findings")
	set.KeepRulesOf(diag.Diagnostics{{Range: diag.Range{File: "windows/who.yml"}}})
	assert.Nil(t, set.Text("windows/named.yaml"))
	assert.Contains(t, string(set.Text("windows/who.yml")), "title: Who")
	var found diag.Diagnostics
	found.Errorf("x", diag.Range{}, "", "x")
	s, _, errs := clitest.Streams("")
	set.Show(s, found)
	assert.Contains(t, errs.String(), "error[x]: x")
}

func TestRoot(t *testing.T) {
	clitest.Files(t, files)
	assert.Equal(t, ".", ruleset.Root("windows"), "the folder with lists")
	assert.Equal(t, ".", filepath.ToSlash(ruleset.Root(".")))
	require.NoError(t, os.RemoveAll("lists"))
	assert.Equal(t, "windows", ruleset.Root("windows"))
}

func TestFilterFlags(t *testing.T) {
	var f ruleset.Filters
	cmd := &cobra.Command{Use: "x", RunE: func(*cobra.Command, []string) error { return nil }}
	f.AddTo(cmd)
	cmd.SetArgs([]string{"--filters", "dir", "--filter-condition", "require"})
	require.NoError(t, cmd.Execute())
	assert.Equal(t, ruleset.Filters{Paths: []string{"dir"}, Condition: "require"}, f)
}

// TestLinks reads folders through symbolic links: one that the user names is followed, one below it is not, so none
// loops or leads out.
func TestLinks(t *testing.T) {
	clitest.Files(t, files)
	outside := t.TempDir()
	rule, err := os.ReadFile("windows/named.yaml")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(outside, "out.yml"), rule, 0o644))
	require.NoError(t, os.Symlink(outside, "linked"))
	require.NoError(t, os.Symlink("..", "windows/up"))
	set, _ := load(t, ruleset.Filters{}, "linked")
	assert.Len(t, set.Rules, 1)
	set, _ = load(t, ruleset.Filters{}, "windows")
	assert.Len(t, set.Rules, 2)
	require.NoError(t, os.Symlink(filepath.Join(outside, "out.yml"), "windows/leads_out.yml"))
	set, _ = load(t, ruleset.Filters{}, "windows")
	assert.True(t, set.Found.HasErrors(), "a link to a file outside is not read, and not passed over")
}

// TestFiltersThatMissTheirRules say why: a misspelt name, or another log source.
func TestFiltersThatMissTheirRules(t *testing.T) {
	rule := func(name string) string {
		return "title: Who of " + name + "\nname: " + name + "\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image: x}, condition: a}\n"
	}
	filter := func(category, names string) string {
		return "title: F\nlogsource: {product: windows, category: " + category + "}\nfilter: {rules: [" + names + "], s: {User: x}, condition: not s}\n"
	}
	for _, c := range []struct{ filter, code, hint string }{
		{filter("process_creation", "who_one, who_two"), "", ""},
		{filter("process_creation", "who_one, who_tow"), "filter-unknown-rule", "did you mean `who_two`?"},
		{filter("process_creation", "who_one, not_selected, who_twoo, who_two"), "", ""},
		{filter("process_creation", "who_tow"), "filter-covers-nothing", "did you mean `who_two`?"},
		{filter("file_event", "who_one"), "filter-covers-nothing", "the rule \"Who of who_one\" is for the log source windows/process_creation, and the filter is for windows/file_event"},
	} {
		clitest.Files(t, "-- rules/r.yml --\n"+rule("who_one")+"---\n"+rule("who_two")+"-- filters/f.yml --\n"+c.filter)
		set, shown := load(t, ruleset.Filters{Paths: []string{"filters"}}, "rules")
		if c.code == "" {
			assert.Empty(t, set.Found, c.filter)
			continue
		}
		assert.Equal(t, []string{c.code}, codes(set), c.filter)
		assert.Contains(t, shown, "hint: "+c.hint, c.filter)
	}
}

// TestFiltersThatNameUnknownRules: a name or an id that no rule has is told where all rules of the project were read
// and none has errors.
func TestFiltersThatNameUnknownRules(t *testing.T) {
	const files = `
-- decree.yml --
rules: [rules]
filters: [filters]
-- rules/who.yml --
title: Who
name: who
id: 0c8f6f0e-6a6e-4a0b-9a55-6d0e4b0f7a44
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
---
title: Many
name: many
id: 0c8f6f0e-6a6e-4a0b-9a55-6d0e4b0f7a45
correlation: {type: event_count, rules: [who], timespan: 1m, condition: {gte: 2}}
-- filters/f.yml --
title: F
logsource: {product: windows, category: process_creation}
filter:
  rules: [0C8F6F0E-6A6E-4A0B-9A55-6D0E4B0F7A44, who, whoo, legacy, many, 0c8f6f0e-6a6e-4a0b-9a55-6d0e4b0f7a45, 0c8f6f0e-6a6e-4a0b-9a55-6d0e4b0f7a46]
  s: {User: x}
  condition: not s
`
	const broken = "-- rules/broken.yml --\ntitle: Broken\nname: legacy\nlogsource: {product: windows}\ndetection: {a: {Image: x}, condition: b}\n"
	for _, c := range []struct {
		name, files string
		sel         ruleset.Selection
		want        []string
	}{
		{"all rules", files, ruleset.Selection{}, []string{`no rule of the project has the name or id "whoo"`, `no rule of the project has the name or id "legacy"`, `no rule of the project has the name or id "0c8f6f0e-6a6e-4a0b-9a55-6d0e4b0f7a46"`}},
		{"a file of them", files, ruleset.Selection{Paths: []string{"rules/who.yml"}}, nil},
		{"some of them", files + "-- rules/high.yml --\ntitle: High\nlevel: high\nlogsource: {product: windows}\ndetection: {a: {Image: x}, condition: a}\n", ruleset.Selection{Levels: []string{"high"}}, nil},
		{"with errors", files + broken, ruleset.Selection{}, nil},
	} {
		clitest.Files(t, c.files)
		s, _, _ := clitest.Streams("")
		in, err := project.Open(s)
		require.NoError(t, err)
		set, err := ruleset.Load(s, in, c.sel)
		require.NoError(t, err)
		var got []string
		for _, d := range set.Found {
			if d.Code == "filter-unknown-rule" {
				got = append(got, d.Message)
			}
		}
		assert.Equal(t, c.want, got, c.name)
	}
}

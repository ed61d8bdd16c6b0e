package ruleset_test

import (
	"os"
	"path/filepath"
	"testing"

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

package ruleset_test

import (
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
)

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

func TestFilterFlags(t *testing.T) {
	var f ruleset.Filters
	cmd := &cobra.Command{Use: "x", RunE: func(*cobra.Command, []string) error { return nil }}
	f.AddTo(cmd)
	cmd.SetArgs([]string{"--filters", "dir", "--filter-condition", "require"})
	require.NoError(t, cmd.Execute())
	assert.Equal(t, ruleset.Filters{Paths: []string{"dir"}, Condition: "require"}, f)
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

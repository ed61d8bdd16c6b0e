package ruleset_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
)

// TestOneRule is a file, or a name or an id: a part of a correlation, too, and a correlation with what it reads.
func TestOneRule(t *testing.T) {
	clitest.Files(t, selectable+`
-- decree.yml --
rules: [rules]
-- rules/broken.yml --
title: Broken
name: broken
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: b}
`)
	for name, want := range map[string][]string{
		"rules/shell.yml":    {"shell"},
		"SHELL":              {"shell"},
		"base":               {"base"},
		"guessing":           {"guessing"},
		"GUESSING":           {"guessing"},
		"rules/guessing.yml": {"guessing"},
	} {
		s, _, _ := clitest.Streams("")
		set, err := ruleset.LoadOne(s, name, ruleset.Filters{}, ruleset.Lists{})
		require.NoError(t, err, name)
		var got []string
		for _, r := range set.Whole() {
			got = append(got, r.IR.Source.Name)
		}
		assert.Equal(t, want, got, name)
	}
	for name, want := range map[string]string{
		"shel":          "shel: no such file or folder, and no rule of the project has this name, id or title; did you mean shell?; a file with errors may have it: see decree validate",
		"rules/she.yml": "rules/she.yml: no such file or folder",
	} {
		s, _, _ := clitest.Streams("")
		_, err := ruleset.LoadOne(s, name, ruleset.Filters{}, ruleset.Lists{})
		assert.ErrorContains(t, err, want)
	}
	s, _, _ := clitest.Streams("")
	_, err := ruleset.LoadOne(s, "rules/broken.yml", ruleset.Filters{}, ruleset.Lists{})
	assert.Error(t, err)
}

// TestOneRuleAmongErrors: what is wrong with a rule that was asked for, with filters and with the project's lists is
// shown, and ends the command. Of other rules and their lists it is neither.
func TestOneRuleAmongErrors(t *testing.T) {
	const ofProject = `
-- decree.yml --
rules: [rules]
filters: [filters]
lists: [lists]
-- rules/lists/own.txt --
a
-- rules/other.yml --
title: Other
name: other
logsource: {product: windows, category: process_creation}
lists: {own: lists/own.txt}
detection: {a: {SourceIp|cidr|expand: '%own%'}, condition: a}
-- rules/misnamed.yml --
title: Misnamed
name: misnamed
logsource: {product: windows, category: process_creation}
detection: {a: {Image|expand: '%nowhere%'}, condition: a}
-- rules/reads.yml --
title: Reads
name: reads
correlation: {type: event_count, rules: [misnamed], timespan: 1h, condition: {gte: 2}}
`
	const filter = `
-- filters/f.yml --
title: Ours
logsource: {product: windows, service: security}
filter: {rules: [logon], a: {User: bob}, condition: not aa}
`
	const list = "-- lists/l.yml --\nvalues: [\n"
	for _, c := range []struct {
		name, files string
		asked       []string
		want        string // "" for no error
	}{
		{"others", ofProject + "-- filters/none --\n-- lists/none --\n", []string{"shell", "rules/guessing.yml", "guessing"}, ""},
		{"a filter", ofProject + filter + "-- lists/none --\n", []string{"logon", "shell", "rules/guessing.yml", "rules/logon.yml"}, "undefined-name"},
		{"a list", ofProject + "-- filters/none --\n" + list, []string{"logon", "rules/guessing.yml", "rules/logon.yml"}, "lists/l.yml"},
		{"the rule itself", ofProject + "-- filters/none --\n-- lists/none --\n", []string{"misnamed"}, "rules/misnamed.yml"},
		{"its list", ofProject + "-- filters/none --\n-- lists/none --\n", []string{"other"}, "own.txt"},
		{"what it reads", ofProject + "-- filters/none --\n-- lists/none --\n", []string{"reads", "rules/reads.yml"}, `"misnamed" has errors`},
	} {
		clitest.Files(t, selectable+c.files)
		for _, asked := range c.asked {
			s, _, told := clitest.Streams("")
			_, err := ruleset.LoadOne(s, asked, ruleset.Filters{}, ruleset.Lists{})
			if c.want == "" {
				assert.NoError(t, err, "%s: %s", c.name, asked)
				assert.NotContains(t, told.String(), "error", "%s: %s", c.name, asked)
				continue
			}
			assert.ErrorIs(t, err, exit.ErrFindings, "%s: %s", c.name, asked)
			assert.Contains(t, told.String(), c.want, "%s: %s", c.name, asked)
		}
	}
}

// TestARuleWithoutAName is called by that of its file, as list shows it.
func TestARuleWithoutAName(t *testing.T) {
	clitest.Files(t, "-- decree.yml --\nrules: [rules]\n-- rules/no_name.yml --\ntitle: None\nlogsource: {product: windows}\ndetection: {a: {Image: x}, condition: a}\n-- rules/other.yml --\ntitle: Another\nname: x\nlogsource: {product: windows}\ndetection: {a: {Image: x}, condition: a}\n")
	s, _, _ := clitest.Streams("")
	set, err := ruleset.LoadOne(s, "No_Name", ruleset.Filters{}, ruleset.Lists{})
	require.NoError(t, err)
	require.Len(t, set.Rules, 1)
	assert.Equal(t, "None", set.Rules[0].IR.Source.Title)
	_, err = ruleset.LoadOne(s, "other", ruleset.Filters{}, ruleset.Lists{})
	assert.ErrorContains(t, err, "other: no such file or folder, and no rule of the project has this name, id or title", "it has a name of its own")
	_, err = ruleset.LoadOne(s, "no_nam", ruleset.Filters{}, ruleset.Lists{})
	assert.ErrorContains(t, err, "did you mean no_name?")
}

// TestNames chooses among loaded rules.
func TestNames(t *testing.T) {
	clitest.Files(t, selectable)
	s, _, _ := clitest.Streams("")
	set, err := ruleset.LoadOne(s, "rules/part.yml", ruleset.Filters{}, ruleset.Lists{})
	require.NoError(t, err)
	assert.Len(t, set.Named("BASE"), 1)
	assert.Empty(t, set.Named("twice"), "a correlation has no detection")
	assert.Len(t, set.Unjoined(), 1)
	assert.Len(t, set.Parts(), 1)
}

// TestRulesByName stand among paths: a name, an id or a title, of the project or of what decree ships. What is wrong in
// files that were read only to look for them is neither shown nor counted, and what is wrong in files of paths is.
func TestRulesByName(t *testing.T) {
	clitest.Files(t, selectable+`
-- decree.yml --
rules: [rules]
-- rules/broken.yml --
title: Broken
logsource: {product: windows}
detection: {a: {Image: x}, condition: b}
-- rules/title.yml --
title: Shell/Files of Ann
name: ann
level: low
logsource: {product: windows, category: file_event}
detection: {a: {Image: x}, condition: a}
-- more/one.yml --
title: One
name: one
level: low
logsource: {product: windows}
detection: {a: {Image: x}, condition: a}
-- more/bad.yml --
title: Bad
level: low
logsource: {product: windows}
detection: {a: {Image: x}, condition: b}
`)
	silent, _, _ := clitest.Streams("")
	in, err := project.Open(silent)
	require.NoError(t, err)
	none := &project.Project{}
	for _, c := range []struct {
		in            *project.Project
		sel           ruleset.Selection
		whole, loaded []string
		failed        int
	}{
		{in, ruleset.Selection{Paths: []string{"shell"}}, []string{"shell"}, []string{"shell"}, 0},
		{in, ruleset.Selection{Paths: []string{"shell/files of ann"}}, []string{"ann"}, []string{"ann"}, 0},
		{in, ruleset.Selection{Paths: []string{"Guessing", "base"}}, []string{"base", "guessing"}, []string{"logon", "base", "guessing"}, 0},
		{in, ruleset.Selection{Paths: []string{"more", "shell"}}, []string{"one", "shell"}, []string{"one", "shell"}, 1},
		{in, ruleset.Selection{Paths: []string{"broken"}}, nil, nil, 1},
		{in, ruleset.Selection{Paths: []string{"shell", "logon"}, Levels: []string{"low"}}, []string{"logon"}, []string{"logon"}, 0},
		{none, ruleset.Selection{Paths: []string{"sql_server_shell_command"}}, []string{"sql_server_shell_command"}, []string{"sql_server_shell_command"}, 0},
		{in, ruleset.Selection{Paths: []string{"sql_server_shell_command"}, Library: true}, []string{"sql_server_shell_command"}, []string{"sql_server_shell_command"}, 0},
	} {
		assert.False(t, c.sel.Whole(), "%v", c.sel.Paths)
		s, _, _ := clitest.Streams("")
		set, err := ruleset.Load(s, c.in, c.sel)
		require.NoError(t, err, "%v", c.sel.Paths)
		assert.ElementsMatch(t, c.whole, slugs(set.Whole()), "%v", c.sel.Paths)
		assert.ElementsMatch(t, c.loaded, append(slugs(set.Rules), slugs(set.Correlations)...), "%v", c.sel.Paths)
		assert.Equal(t, c.failed, set.Failed, "%v", c.sel.Paths)
		assert.Equal(t, c.failed > 0, set.Found.HasErrors(), "%v", c.sel.Paths)
	}
	assert.Equal(t, []string{"rules"}, ruleset.Selection{Paths: []string{"shell"}}.Places(in), "a watch looks where the rule may be")
	assert.Equal(t, []string{"more"}, ruleset.Selection{Paths: []string{"more"}}.Places(in))
	assert.Equal(t, []string{"rules"}, ruleset.Selection{}.Places(in))
}

// TestAFilterStandsForPlaces of the rules that it covers, which a watch looks at, too.
func TestAFilterStandsForPlaces(t *testing.T) {
	clitest.Files(t, selectable+`
-- decree.yml --
rules: [rules]
filters: [filters]
-- filters/f.yml --
title: Ours
logsource: {product: windows, service: security}
filter: {rules: [logon], a: {User: bob}, condition: not a}
`)
	s, _, _ := clitest.Streams("")
	in, err := project.Open(s)
	require.NoError(t, err)
	places := ruleset.Selection{Paths: []string{"filters/f.yml"}}.Places(in)
	require.Len(t, places, 2)
	assert.Equal(t, "f.yml", filepath.Base(places[0]))
	assert.Equal(t, "rules", places[1])
}

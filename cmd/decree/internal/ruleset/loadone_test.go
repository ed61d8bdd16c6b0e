package ruleset_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
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
		"shel":          "shel: no rule of the project has this name or id; did you mean shell?; a file with errors may have it: see decree validate",
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

package packaging_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/packaging"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/targets"
	"decree/compilers/dialects"
)

// TestMake packages one rule for two targets: other ids, the same but for that.
func TestMake(t *testing.T) {
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Library: true, Tags: []string{"attack.t1611"}})
	require.NoError(t, err)
	chosen, err := targets.ChoosePackages([]targets.Target{
		{Name: "a", Dialect: dialects.All[0], Package: "sentinel"}, {Name: "b", Dialect: dialects.All[0], Package: "sentinel"}}, nil)
	require.NoError(t, err)
	made, err := packaging.Make(set, chosen, queries.Options{}, func(t targets.Target) string { return t.Name + "/package" })
	require.NoError(t, err)
	require.Len(t, made.Packages, 4)
	assert.Equal(t, "a", made.Packages[0].Target)
	assert.Equal(t, "b", made.Packages[2].Target)
	assert.Equal(t, made.Packages[0].RuleID, made.Packages[2].RuleID)
	assert.NotEqual(t, made.Packages[0].ID, made.Packages[2].ID)
	assert.Equal(t, "a/package/sql_server_suspicious_child.yaml", made.Packages[0].Files[0])
	assert.NotEmpty(t, made.Files[0].From)
	assert.Equal(t, 10, len(made.Files))
}

var sentinel = targets.Target{Name: "sentinel", Dialect: dialects.All[0], Package: "sentinel"}

// forSentinel packages the rules of some paths.
func forSentinel(t *testing.T, paths ...string) packaging.Made {
	t.Helper()
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: paths})
	require.NoError(t, err)
	made, err := packaging.Make(set, []targets.Target{sentinel}, queries.Options{}, func(t targets.Target) string { return t.Name })
	require.NoError(t, err)
	return made
}

// TestOneIDOfTwoRules: the second has a query and is not packaged, and a query that is refused has no place in the
// package either.
func TestOneIDOfTwoRules(t *testing.T) {
	clitest.Files(t, `-- a.yml --
title: A
id: 6b5e5b4c-57ef-4d2f-8a54-0d7cf6a1d0a1
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
-- b.yml --
title: B
id: 6b5e5b4c-57ef-4d2f-8a54-0d7cf6a1d0a1
logsource: {product: windows, category: process_creation}
detection: {a: {Image: y}, condition: a}
-- c.yml --
title: C
id: 6b5e5b4c-57ef-4d2f-8a54-0d7cf6a1d0a2
logsource: {product: windows, category: process_creation}
detection: {a: {NoSuchField: y}, condition: a}
`)
	assert.False(t, forSentinel(t, "a.yml", "c.yml").SameID())
	made := forSentinel(t, "a.yml", "b.yml", "c.yml")
	assert.True(t, made.SameID())
	require.Len(t, made.Queries, 3)
	assert.Empty(t, made.NotPackaged(made.Queries[0]))
	assert.Empty(t, made.Refusal(made.Queries[0]))
	require.Len(t, made.NotPackaged(made.Queries[1]), 1)
	assert.Equal(t, "package-same-id", made.NotPackaged(made.Queries[1])[0].Code)
	assert.Empty(t, made.NotPackaged(made.Queries[2]), "its query is refused")
	assert.False(t, made.Unpackable(made.Queries[0]))
}

// TestSameIDs: what Make says of two rules that would be one is told without compiling the others, and not of rules
// that no package has together.
func TestSameIDs(t *testing.T) {
	clitest.Files(t, `-- a.yml --
title: A
id: 6b5e5b4c-57ef-4d2f-8a54-0d7cf6a1d0a1
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
-- linux.yml --
title: L
id: 6b5e5b4c-57ef-4d2f-8a54-0d7cf6a1d0a1
logsource: {product: aix, service: audit}
detection: {a: {Image: y}, condition: a}
-- read.yml --
title: C
id: 6b5e5b4c-57ef-4d2f-8a54-0d7cf6a1d0a3
correlation: {type: event_count, rules: [part], group-by: [host], timespan: 5m, condition: {gte: 5}}
---
title: A part
name: part
id: 6b5e5b4c-57ef-4d2f-8a54-0d7cf6a1d0a1
logsource: {product: windows, category: process_creation}
detection: {a: {Image: y}, condition: a}
-- nameless.yml --
title: N
logsource: {product: windows, category: process_creation}
detection: {a: {Image: y}, condition: a}
---
title: N
logsource: {product: windows, category: process_creation}
detection: {a: {Image: z}, condition: a}
`)
	s, _, _ := clitest.Streams("")
	for paths, want := range map[string][]string{"a.yml linux.yml read.yml": nil, "nameless.yml a.yml": {"nameless.yml"}} {
		set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: strings.Fields(paths)})
		require.NoError(t, err)
		found, err := packaging.SameIDs(set, []targets.Target{sentinel}, queries.Options{})
		require.NoError(t, err)
		made, err := packaging.Make(set, []targets.Target{sentinel}, queries.Options{}, func(t targets.Target) string { return t.Name })
		require.NoError(t, err)
		assert.Equal(t, want != nil, made.SameID(), paths)
		var files []string
		for _, d := range found {
			assert.Contains(t, made.Found, d)
			files = append(files, d.Range.File)
		}
		assert.Equal(t, want, files, paths)
	}
}

// TestDeployable: what is packaged is deployable, in one form of each rule, and what cannot be packaged is named.
func TestDeployable(t *testing.T) {
	clitest.Files(t, `-- good.yml --
title: Good
id: 6b5e5b4c-57ef-4d2f-8a54-0d7cf6a1d0a1
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
-- refused.yml --
title: Refused
id: 6b5e5b4c-57ef-4d2f-8a54-0d7cf6a1d0a2
schedule: {every: 60d}
query: {sentinel: {text: T, id: 6B5E5B4C-57EF-4D2F-8A54-0D7CF6A1D0A3}}
-- skipped.yml --
title: Skipped
id: 6b5e5b4c-57ef-4d2f-8a54-0d7cf6a1d0a4
query: {spl: x}
`)
	made := forSentinel(t, ".")
	own, refused, err := made.Deployable(sentinel)
	require.NoError(t, err)
	require.Len(t, own.Rules, 1)
	assert.Equal(t, "Good", own.Rules[0].Name)
	assert.Equal(t, "sentinel", own.Rules[0].Mark.Target)
	assert.Equal(t, map[string]bool{"6b5e5b4c-57ef-4d2f-8a54-0d7cf6a1d0a3": true}, refused)
	for _, q := range made.Queries {
		why := made.NotPackaged(q)
		if q.Source.IR.Source.Title != "Refused" {
			assert.Empty(t, why)
			continue
		}
		require.Len(t, why, 1)
		assert.Equal(t, "package-schedule", why[0].Code)
	}
	made.Packages = nil
	own, _, err = made.Deployable(sentinel)
	assert.Empty(t, own.Rules)
	assert.NoError(t, err)
}

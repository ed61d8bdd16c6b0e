package catalogue

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/packaging"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/ruletests"
	"decree/cmd/decree/internal/targets"
	"decree/compilers/pages"
	"decree/tests/fixture"
)

const files = `
-- rules/who.yml --
title: Who
id: 5e0b8a52-6a0f-4e0c-9d53-7c4f0f0a3178
name: who
level: high
logsource: {product: windows, category: process_creation}
detection:
  a: {Image|endswith: '\whoami.exe', ParentImage|endswith: '\cmd.exe'}
  b: {User: svc}
  condition: a and not b
alert: {title: 'Who by {CommandLine}'}
suppress: {by: [host], for: 1d}
-- rules/who.test.yml --
cases:
  - name: one
    events: [{id: 1, Image: 'C:\whoami.exe', ParentImage: 'C:\cmd.exe', User: x, Nested: {a: [1, 2], b: 3, c: null}}, {id: 2, Image: y, Empty: ''}]
    expect: {ids: [1]}
-- rules/again.yml --
title: Again
id: 5e0b8a52-6a0f-4e0c-9d53-7c4f0f0a3178
logsource: {product: acme, service: x}
detection: {a: {X: y}, condition: a}
-- rules/many.yml --
title: Many
name: many
correlation: {type: event_count, rules: [base], group-by: [User], timespan: 1h, condition: {gte: 2}}
---
title: Base
name: base
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
-- rules/many.test.yml --
cases:
  - name: none
    events: [{id: 1, Image: y}]
    expect: {none: true}
-- rules/seldom.yml --
title: Seldom
name: seldom
schedule: {every: 60d}
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
-- filters/f.yml --
title: Ours
logsource: {product: windows, category: process_creation}
filter: {rules: [who], s: {Image: 'C:\ours.exe'}, condition: not s}
`

// gathered gathers the catalogue of the files.
func gathered(t *testing.T, since string, before ...func()) (*pages.Catalogue, []output.File, string) {
	t.Helper()
	clitest.Files(t, files)
	for _, do := range before {
		do()
	}
	s, _, errs := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{Title: "Ours"}, ruleset.Selection{Paths: []string{"rules"}, Filters: ruleset.Filters{Paths: []string{"filters"}}})
	require.NoError(t, err)
	require.Empty(t, set.Found.Errors())
	p := Parts{Set: set, Mutate: true, Since: since}
	p.Queries, err = queries.Compile(set, targets.All, queries.Options{})
	require.NoError(t, err)
	chosen, err := targets.ChoosePackages(nil, []string{"sentinel"})
	require.NoError(t, err)
	p.Packages, err = packaging.Make(set, chosen, queries.Options{}, func(t targets.Target) string { return t.Name + "/package" })
	require.NoError(t, err)
	p.Tests = ruletests.Load(set, nil)
	p.Outcomes = p.Tests.Run()
	c, written, err := gather(s, p)
	require.NoError(t, err)
	return c, written, errs.String()
}

// TestLogSourcesOfJoinedRules holds that what a joined rule reads must be recorded too: its log source stands after the
// rule's own.
func TestLogSourcesOfJoinedRules(t *testing.T) {
	clitest.Files(t, `
-- rules/task.yml --
title: Task after a logon
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a and logged_on}
joins:
  logged_on: {rule: logon, same: [Computer], before: 10m}
---
title: Logon
name: logon
logsource: {product: windows, service: security}
detection: {a: {EventID: 4624}, condition: a}
`)
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"rules"}})
	require.NoError(t, err)
	require.Empty(t, set.Found.Errors(), "%v", set.Found)
	i := slices.IndexFunc(set.Rules, func(r ruleset.Rule) bool { return r.IR.Source.Title == "Task after a logon" })
	require.GreaterOrEqual(t, i, 0)
	var got []string
	for _, ls := range logSources(set.Rules[i]) {
		got = append(got, ls.Name())
	}
	assert.Equal(t, []string{"windows/process_creation", "windows/security"}, got)
}

// TestValuesOfOtherProcesses: a value of the parent has the columns that queries ask, not those of the event's own; and
// a field is not an entity.
func TestValuesOfOtherProcesses(t *testing.T) {
	clitest.Files(t, `
-- rules/r.yml --
title: Rare parent
logsource: {product: windows, category: process_creation}
schedule: {every: 1h, lookback: 2h}
prevalence:
  seldom: {field: Image, of: parent, local: {distinct: host, lte: 2, over: 7d}}
  unsigned: {field: sha1, of: parent, signature: Unsigned}
  above: {field: sha1, of: grandparent, signature: Unsigned}
  lines: {field: CommandLine, local: {distinct: User, lte: 2, over: 7d}}
  acting: {field: sha256, of: actor, local: {distinct: host, lte: 2, over: 7d}}
detection: {a: {Image: x}, condition: a and seldom and unsigned and above and lines and acting}
`)
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"rules"}})
	require.NoError(t, err)
	require.Empty(t, set.Found.Errors(), "%v", set.Found)
	results, err := queries.Compile(set, targets.All, queries.Options{})
	require.NoError(t, err)
	d, held := &pages.Detection{}, newHeld(set.Project)
	for _, q := range results {
		require.NoError(t, held.fields(d, q))
	}
	got := map[string][]string{}
	for _, f := range d.Fields {
		name := f.Name
		if f.Of != "" {
			name += " of the " + f.Of
		}
		if f.Entity {
			name += " (entity)"
		}
		got[name] = f.Columns["kql"]
	}
	assert.Equal(t, map[string][]string{
		"Image": {"FolderPath"}, "ParentImage": {"InitiatingProcessFolderPath"}, "CommandLine": {"ProcessCommandLine"}, "User": {"AccountName"}, "host (entity)": {"DeviceId"},
		"sha1 of the parent": {"InitiatingProcessSHA1"}, "sha1 of the grandparent": nil, "sha256 of the actor": {"InitiatingProcessSHA256"},
	}, got)
}

func names(fields []pages.Field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name)
	}
	return out
}

func TestGather(t *testing.T) {
	c, written, _ := gathered(t, "")
	require.Len(t, c.Detections, 4, "a part of a correlation has no page of its own")
	again, many, who := c.Detections[0], c.Detections[1], c.Detections[3]
	assert.Equal(t, []string{"rules/5e0b8a52-6a0f-4e0c-9d53-7c4f0f0a3178", "rules/many", "rules/who"}, []string{again.Path(), many.Path(), who.Path()}, "the second of an id is found by its name")
	assert.Equal(t, "Ours", c.Title)
	assert.Equal(t, []string{"exact", "approximate", "approximate"}, []string{who.Queries[0].Fidelity, who.Queries[1].Fidelity, who.Queries[2].Fidelity})
	assert.Equal(t, "files/kql/who.kql", who.Queries[0].File)
	assert.Equal(t, "Microsoft Defender XDR advanced hunting (mde)", who.Queries[0].Model)
	assert.Equal(t, "skipped", again.Queries[0].Fidelity)
	assert.NotEmpty(t, again.Queries[0].Why)
	assert.Equal(t, []string{"Image", "ParentImage", "User", "CommandLine", "host"}, names(who.Fields))
	assert.True(t, who.Fields[4].Entity)
	assert.Equal(t, []string{"Image", "User"}, names(many.Fields), "what a correlation groups by is read too")
	assert.Equal(t, pages.Field{Name: "Image", Columns: map[string][]string{"kql": {"FolderPath"}, "spl": {"Image"}, "eql": {"process.executable"}}}, who.Fields[0])
	assert.Equal(t, "ParentImage", who.Fields[1].Name)
	assert.Equal(t, "Ours", who.Filters[0].Body.Title)
	assert.Equal(t, "Microsoft Sentinel", who.Packages[0].Format)
	assert.Contains(t, who.Packages[0].Files, "files/sentinel/package/who.yaml")
	seldom := c.Detections[2]
	require.Len(t, seldom.Packages, 1, "the target of a package need not be one whose query is shown")
	assert.Equal(t, "Microsoft Sentinel", seldom.Packages[0].Format)
	assert.Equal(t, "package-schedule", seldom.Packages[0].Why[0].Code)
	assert.Empty(t, seldom.Packages[0].Files)
	paths := map[string]bool{}
	for _, f := range written {
		paths[f.Path] = true
	}
	for _, d := range c.Detections {
		for _, q := range d.Queries {
			assert.True(t, q.Query == nil || paths[q.File], q.File)
		}
		for _, p := range d.Packages {
			for _, f := range p.Files {
				assert.True(t, paths[f], f)
			}
		}
	}
	require.NotNil(t, who.Tests)
	assert.Equal(t, 1, who.Tests.Passed)
	assert.Positive(t, who.Tests.Goals)
	assert.Positive(t, who.Tests.Mutants)
	assert.NotEmpty(t, who.Tests.Uncovered)
	assert.NotEmpty(t, who.Tests.Survivors)
	examples := who.Tests.Cases[0].Examples
	assert.Equal(t, []pages.Example{
		{Label: "1", Found: true, Fields: []pages.Value{{Name: "Image", Value: `C:\whoami.exe`}, {Name: "Nested.a", Value: "[1,2]"}, {Name: "Nested.b", Value: "3"}, {Name: "ParentImage", Value: `C:\cmd.exe`}, {Name: "User", Value: "x"}, {Name: "id", Value: "1"}}},
		{Label: "2", Fields: []pages.Value{{Name: "Image", Value: "y"}, {Name: "id", Value: "2"}}},
	}, examples)
	assert.Zero(t, many.Tests.Goals, "a correlation is not judged")
	assert.Len(t, many.Tests.Cases, 1)
}

func TestWhatChanged(t *testing.T) {
	fixture.Tool(t, "git")
	git := func(args ...string) {
		t.Helper()
		out, err := exec.Command("git", append([]string{"-c", "user.name=me", "-c", "user.email=me@example.org"}, args...)...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	c, _, _ := gathered(t, "HEAD", func() {
		git("init", "-q")
		git("add", "rules/who.yml", "rules/many.yml", "filters")
		git("commit", "-q", "-m", "First")
	})
	again, many, who := c.Detections[0], c.Detections[1], c.Detections[3]
	assert.Equal(t, "First", who.Commits[0].Subject)
	assert.Empty(t, again.Commits)
	assert.Equal(t, pages.Change{Kind: "new"}, c.Since.Changed[again.Source()])
	assert.Equal(t, pages.Change{Kind: "depends"}, c.Since.Changed[who.Source()], "its tests are new")
	assert.Equal(t, pages.Change{Kind: "depends"}, c.Since.Changed[many.Source()])
}

// TestFiles: a catalogue is complete, the same each time, and names its pages for programs.
func TestFiles(t *testing.T) {
	clitest.Files(t, files)
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"rules"}})
	require.NoError(t, err)
	tests := ruletests.Load(set, nil)
	p := Parts{Set: set, Tests: tests, Outcomes: tests.Run()}
	for _, c := range []struct {
		form Form
		page string
	}{{Site, "index.html"}, {Markdown, "README.md"}} {
		all, err := Files(s, p, c.form)
		require.NoError(t, err)
		again, err := Files(s, p, c.form)
		require.NoError(t, err)
		assert.Equal(t, all, again)
		var paths []string
		for _, f := range all {
			paths = append(paths, f.Path)
		}
		assert.Contains(t, paths, c.page)
		assert.Contains(t, paths, "catalogue.json")
		assert.NotContains(t, strings.Join(paths, " "), "\\")
	}
}

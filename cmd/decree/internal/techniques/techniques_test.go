package techniques

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/compilers/pages/layers"
	"decree/rules/attack"
	"decree/rules/diag"
)

const files = `
-- a.yml --
title: Rule A
id: 0c8f6f0e-6a6e-4a0b-9a55-6d0e4b0f7a2A
level: high
date: 2024/01/02
tags: [attack.t1059.001]
logsource: {product: windows, category: process_creation}
detection: {a: {Image|endswith: \x.exe}, condition: a}
-- a.test.yml --
cases:
  - name: found
    events: [{Image: C:\x.exe}, {Image: C:\y.exe}]
    expect: {count: 1}
-- b.yml --
title: Rule B
modified: soon
tags: [attack.t1003]
logsource: {product: windows, category: process_creation}
detection: {a: {MadeUp: x}, condition: a}
`

func rulesOf(t *testing.T, scale layers.Scale, site string) []layers.Rule {
	t.Helper()
	clitest.Files(t, files)
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"."}})
	require.NoError(t, err)
	all, found, err := Rules(s, set, scale, site)
	require.NoError(t, err)
	require.Empty(t, found)
	require.Len(t, all, 2)
	return all
}

func TestRules(t *testing.T) {
	all := rulesOf(t, layers.Count, "https://x.example/")
	assert.Equal(t, "https://x.example/rules/0c8f6f0e-6a6e-4a0b-9a55-6d0e4b0f7a2a.html", all[0].Page, "a page has its rule's id")
	assert.Equal(t, "https://x.example/rules/b.html", all[1].Page)
	assert.Equal(t, time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC), all[0].Changed)
	assert.True(t, all[1].Changed.IsZero(), "a text that is not a date")
}

func TestScores(t *testing.T) {
	all := rulesOf(t, layers.Fidelity, "")
	assert.InDelta(t, 100, all[0].Score, 0.001)
	assert.Empty(t, all[0].Page)
	assert.Zero(t, all[1].Score)
	all = rulesOf(t, layers.Mutation, "")
	assert.Greater(t, all[0].Score, 20.0)
	assert.Less(t, all[0].Score, 100.0)
	assert.Zero(t, all[1].Score, "no tests")
}

func TestWrite(t *testing.T) {
	all := layers.ByTechnique(rulesOf(t, layers.Count, ""))
	gap, _ := attack.TechniqueOf("T1027")
	for format, want := range map[string]string{"layer": `"techniqueID": "T1027"`, "dettect": "technique_id: T1003", "text": "T1027      Obfuscated Files or Information  -      0\n"} {
		text, err := Write(format, "x", all, layers.Count, []attack.Technique{gap})
		require.NoError(t, err)
		assert.Contains(t, string(text), want)
	}
}

func TestUnknown(t *testing.T) {
	clitest.Files(t, strings.Replace(files, "attack.t1003]", "attack.t1003, attack.t0000, attack.t1685]", 1))
	s, _, _ := clitest.Streams("")
	set, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"."}})
	require.NoError(t, err)
	found := Unknown(set)
	require.Len(t, found, 2)
	assert.Equal(t, []diag.Severity{diag.Warning, diag.Info}, []diag.Severity{found[0].Severity, found[1].Severity}, "what is only newer is a remark")
}

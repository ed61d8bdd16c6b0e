package lint

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/source"
	"decree/tests/fixture"
)

// base is a rule in which nothing is found.
const base = `title: Whoami
id: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10
status: test
description: Finds whoami.exe, which few people run.
author: Ada Lovelace
date: 2026-03-01
logsource: {product: windows, category: process_creation}
detection:
  selection: {Image|endswith: '\whoami.exe'}
  condition: selection
level: low
`

// file parses and lowers a rule; keys of the fragment replace those of the base.
func file(t *testing.T, name, fragment string) File {
	t.Helper()
	return parsed(t, name, []byte(over(t, base, fragment)))
}

// over lays top-level keys over others; one without a value is removed.
func over(t *testing.T, under, text string) string {
	t.Helper()
	merged, upper := map[string]yaml.Node{}, map[string]yaml.Node{}
	require.NoError(t, yaml.Unmarshal([]byte(under), &merged))
	require.NoError(t, yaml.Unmarshal([]byte(text), &upper))
	maps.Copy(merged, upper)
	maps.DeleteFunc(merged, func(_ string, v yaml.Node) bool { return v.Tag == "!!null" })
	data, err := yaml.Marshal(merged)
	require.NoError(t, err)
	return string(data)
}

func parsed(t *testing.T, name string, data []byte) File {
	t.Helper()
	rs, found := parse.Rules(name, data, nil)
	require.False(t, found.HasErrors(), "%v", found)
	f := File{Path: name, Data: data, Rules: rs}
	for _, r := range rs {
		lowered, found := ir.Lower(r)
		require.False(t, found.HasErrors(), "%v", found)
		f.Lowered = append(f.Lowered, lowered)
	}
	return f
}

func codesOf(found diag.Diagnostics) []string {
	var out []string
	for _, d := range found {
		out = append(out, d.Code)
	}
	return out
}

const (
	firstFile  = "proc_creation_win_whoami.yml"
	secondFile = "more/proc_creation_win_hostname.yml"
	secondRule = "title: Hostname\nid: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b99\nname: hostname\ndetection: {selection: {Image|endswith: '\\hostname.exe'}, condition: selection}\n"
)

func TestNothingIsFoundInAGoodRule(t *testing.T) {
	assert.Empty(t, Run([]File{file(t, firstFile, ""), file(t, secondFile, secondRule)}))
}

// TestAmongIsAUse holds that the events among which a value is new or rare are used.
func TestAmongIsAUse(t *testing.T) {
	for _, section := range []string{"first_seen: {n: {fields: [host], over: 1d, among: s}}", "prevalence: {n: {field: sha1, among: s, local: {distinct: host, lte: 1}}}"} {
		f := file(t, firstFile, section+"\nlookback: 1d\ndetection: {s: {Image|endswith: '\\whoami.exe'}, condition: n}\n")
		assert.NotContains(t, codesOf(Run([]File{f})), "unused-selection", section)
	}
}

func TestIgnoring(t *testing.T) {
	bad := "tags: [attack.t1059, attack.t1059]"
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"nothing ignored", base + bad + "\n", []string{"duplicate-tag"}},
		{"behind the line", base + bad + " # decree:ignore duplicate-tag both are meant\n", nil},
		{"above the line", base + " # decree:ignore duplicate-tag both are meant\n" + bad + "\n", nil},
		{"for the file", "# decree:ignore duplicate-tag both are meant\n" + base + bad + "\n", nil},
		{"somewhere else", base[:7] + "Whoami # decree:ignore duplicate-tag both are meant\n" + base[14:] + bad + "\n", []string{"invalid-ignore", "duplicate-tag"}},
		{"another code", base + bad + " # decree:ignore duplicate-reference both are meant\n", []string{"duplicate-tag", "invalid-ignore"}},
		{"an unknown code", base + bad + " # decree:ignore duplicated-tag both are meant\n", []string{"duplicate-tag", "invalid-ignore"}},
		{"no reason", base + bad + " # decree:ignore duplicate-tag\n", []string{"invalid-ignore"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, codesOf(Run([]File{parsed(t, firstFile, []byte(c.text))})))
		})
	}
}

// TestWhatRulesOfAFileShare is found once: the name of the file, and what they have from action: global.
func TestWhatRulesOfAFileShare(t *testing.T) {
	text := "action: global\n" + base + "tags: [attack.t1059, attack.t1059]\n"
	for _, name := range []string{"who", "what"} {
		text += "---\nname: " + name + "\nlogsource: {category: process_creation, product: windows}\ndetection: {s: {CommandLine: " + name + "}, condition: s}\n"
	}
	f := parsed(t, "a.yml", []byte(text))
	require.Len(t, f.Rules, 2)
	var got []string
	for _, d := range Run([]File{f}) {
		if d.Code == "filename-length" || d.Code == "duplicate-tag" {
			got = append(got, d.Code)
		}
	}
	assert.Equal(t, []string{"filename-length", "duplicate-tag"}, got)
}

// TestPublicRules keeps the checks quiet on rules that many have reviewed: a check that reports one in
// twenty of them is wrong more often than they are.
func TestPublicRules(t *testing.T) {
	folder, err := source.OpenFolder(fixture.Corpus(t, "sigmahq", "rules"))
	require.NoError(t, err)
	names, _, err := parse.RuleFiles(folder, ".")
	require.NoError(t, err)
	var files []File
	for _, name := range names {
		data, err := folder.Read(name)
		require.NoError(t, err)
		files = append(files, parsed(t, name, data))
	}
	byCode := map[string]map[string]bool{}
	for _, d := range Run(files) {
		if byCode[d.Code] == nil {
			byCode[d.Code] = map[string]bool{}
		}
		byCode[d.Code][d.Range.File] = true
	}
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		t.Logf("%4d rules: %s", len(byCode[code]), code)
		assert.Less(t, 20*len(byCode[code]), len(files), code)
	}
}

// TestIDOfACorrelation: a rule and a correlation of one id are told, as a package cannot have both.
func TestIDOfACorrelation(t *testing.T) {
	const id = "0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10" // that of base
	whole, found := parse.Documents("c.yml", []byte("title: Often\nid: "+id+"\ncorrelation: {type: event_count, rules: [r], group-by: [User], timespan: 5m, condition: {gte: 3}}\n"), nil)
	require.Empty(t, found)
	require.Len(t, whole.Correlations, 1)
	var got []string
	for _, d := range Run([]File{file(t, firstFile, ""), {Path: "c.yml", Correlations: whole.Correlations}}) {
		if d.Code == "duplicate-id" {
			got = append(got, d.Error())
		}
	}
	require.Len(t, got, 1)
	assert.Contains(t, got[0], "c.yml:2:5: warning[duplicate-id]: the id "+id+" is also used by "+firstFile)
}

// TestRulesOfOneGlobal: what each rule has from `action: global` stands at one place, so the rules themselves are
// named.
func TestRulesOfOneGlobal(t *testing.T) {
	head, _, _ := strings.Cut(base, "logsource:")
	one := "---\nlogsource: {product: windows, category: process_creation}\nlevel: low\ndetection: {s: {Image: "
	text := "action: global\nname: who\n" + head + one + "a}, condition: s}\n" + one + "b}, condition: s}\n"
	var got []string
	for _, d := range Run([]File{parsed(t, "proc_whoami.yml", []byte(text))}) {
		got = append(got, d.Range.String()+" "+d.Code+" "+d.Message+": "+d.Hint)
	}
	assert.Equal(t, []string{
		"proc_whoami.yml:14:1 duplicate-id the id 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10 is also used by proc_whoami.yml:10:1: write `id` in each rule, not in `action: global`",
		"proc_whoami.yml:14:1 duplicate-title the title \"Whoami\" is also used by proc_whoami.yml:10:1: write `title` in each rule, not in `action: global`",
		"proc_whoami.yml:14:1 name-used-twice the name \"who\" is also used by proc_whoami.yml:10:1: write `name` in each rule, not in `action: global`",
	}, got)
}

package parse_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/parse"
)

// TestOtherFiles reads files that stand beside rules, and rules with faults that no file of another kind has.
func TestOtherFiles(t *testing.T) {
	const rule = "title: T\nlogsource: {category: x}\ndetection: {a: {F: x}, condition: a}\n"
	for name, c := range map[string]struct {
		text    string
		foreign bool
	}{
		"a workflow":                   {"name: CI\non: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps: [{uses: actions/checkout@v4, id: x}]\n", true},
		"a documentation site":         {"site_name: Rules\nnav: [index.md]\nmarkdown_extensions:\n  - pymdownx.emoji: {emoji_index: !!python/name:material.extensions.emoji.twemoji }\n", true},
		"services":                     {"version: '3'\nname: x\nservices:\n  web: &web {image: nginx}\n  more: {<<: *web}\n", true},
		"an issue form":                {"name: Bug\ntitle: 'Bug: '\ndescription: d\nlabels: [bug]\nbody: []\n", true},
		"a playbook":                   {"- name: Install\n  hosts: all\n  tasks: []\n", true},
		"an interface":                 {"openapi: 3.0.0\ninfo: {title: T}\ntags: [{name: a}]\npaths: {}\n", true},
		"a data model":                 {"name: mine\nextends: mde\ntitle: Mine\ndescription: d\nsources: []\n", true},
		"a data model with usual keys": {"name: mine\nextends: mde\ntitle: Mine\nid: m\nsources: []\n", true},
		"a list with usual keys":       {"title: Tools\nid: t\nlevel: low\nvalues: [a]\n", true},
		"a list with a log source":     {"title: Tools\nid: t\nlogsource: {category: x}\nvalues: [a]\n", false},
		"a correlation of a draft":     {"title: T\nid: t\ntype: event_count\nrules: [a]\ntimespan: 1m\n", false},
		"a list":                       {"title: Tools\ndescription: d\nreferences: [https://example.org]\nvalues: [a]\n", true},
		"tests":                        {"fixtures: {}\ncases: [{name: a, events: [], expect: {count: 1}}]\n", true},
		"a project":                    {"rules: [rules]\nfilters: [filters]\nlists: [lists]\napproximate: [deep-ancestor]\n", true},
		"a processing pipeline":        {"name: p\npriority: 10\ntransformations: [{id: a, type: field_name_mapping}]\n", true},
		"regression data":              {"id: 0b1f7b0c-3b1a-4d0e-8a9e-0d1f3c5b7a90\ndescription: d\ndate: 2026-01-01\nauthor: a\nrule_metadata: [{id: x, title: t}]\nregression_tests_info: [{name: a, path: b}]\n", true},
		"a template that is none":      {"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Values.name }}\n{{- end }}\n", true},
		"a template of statements":     {"{% for x in y %}\nkind: A\n{% endfor %}\n", true},
		"several documents":            {"kind: A\n---\nkind: B\n", true},
		"a rule of Sentinel":           {"id: x\nname: T\nseverity: Low\nqueryFrequency: 1h\ntriggerOperator: gt\nkind: Scheduled\nquery: A\nstatus: Available\n", true},
		"a rule of Chainsaw":           {"title: T\nlevel: low\nstatus: stable\nkind: evtx\ntimestamp: Event.System.TimeCreated\nfilter: {condition: a, a: {Event.System.EventID: 1}}\n", true},
		"a word":                       {"words\n", true},
		"nothing":                      {"", false},
		"a comment":                    {"# nothing yet\n", false},
		"a rule":                       {rule, false},
		"another beside a rule":        {rule + "---\nkind: B\n", false},

		"no title":                      {"logsource: {category: x}\ndetection: {a: {F: x}, condition: a}\n", false},
		"only a detection":              {"detection: {a: {F: x}, condition: a}\n", false},
		"a misspelt detection":          {"titel: T\ndetecton: {a: {F: x}, condition: a}\n", false},
		"a capital":                     {"Detection: {a: {F: x}, condition: a}\n", false},
		"a misspelt log source":         {"log_source: {category: x}\n", false},
		"only metadata":                 {"title: T\nid: 6f1f5a56-3d0e-4c55-8e4b-0a4a8d4b9a11\nstatus: test\n", false},
		"a correlation without a title": {"correlation: {type: event_count}\n", false},
		"a list of rules":               {"- title: T\n  detection: {a: {F: x}}\n", false},
		"names without colons":          {"- title: T\n- detection\n", false},
		"keys from an anchor":           {"x: &x {detection: {a: {F: x}, condition: a}}\n<<: *x\n", false},
		"a rule that is not YAML":       {"title: T\nlogsource: {category: x}\ndetection:\n\ta: {F: x}\n", false},
		"a damaged key":                 {"tilte: x\n  bad: [\n: y\n", false},
		"a text that does not end":      {"title: \"T\nfoo: bar\n", false},
		"no text":                       {"\x00\x01\x02", false},
		"a rule in UTF-16 without mark": {strings.Join(strings.Split(rule, ""), "\x00") + "\x00", false},
		"a rule in braces":              {"{title: T, detection: {a: {F: \"\\w\"}, condition: a}}\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			read, found := parse.Documents("a.yml", []byte(c.text), nil)
			assert.Equal(t, c.foreign, read.Foreign)
			if name != "a rule" && name != "nothing" && name != "a comment" {
				assert.True(t, found.HasErrors(), "whoever reads the file alone hears of it")
			}
		})
	}
}

// TestOtherKindsAreNamed: a document of another kind is called what it is, and the finding says how it is given.
func TestOtherKindsAreNamed(t *testing.T) {
	for text, want := range map[string][2]string{
		"cases: []\n": {"this is a test file, not a rule", "these are tests: name their rule, or its folder"},
		"title: M\nid: m\nname: m\nsources: []\n": {"this is a data model, not a rule", "pass it with --model-file"},
		"title: L\nvalues: [a]\n":                 {"this is a list of values, not a rule", "name it under `lists:` of a rule, or pass its folder with --list-dir"},
		"rules: [rules]\ntargets: {}\n":           {"this is a project file, not a rule", "commands read it by themselves in its folder and below"},
		"jobs: []\n":                              {"this is not a rule: it has none of the keys of one", "a rule has `title`, `logsource` and `detection`"},
	} {
		_, found := parse.Documents("a.yml", []byte(text), nil)
		if assert.Len(t, found, 1, text) {
			assert.Equal(t, want, [2]string{found[0].Message, found[0].Hint})
		}
		_, found = parse.FilterText("a.yml", []byte(text), parse.FilterByForm)
		if assert.Len(t, found, 1, text) {
			assert.Equal(t, strings.ReplaceAll(want[0], "a rule", "a filter"), found[0].Message)
		}
	}
	_, found := parse.FilterText("a.yml", []byte("rules: any\nadmin: {User: ann}\ncondition: not admin\n"), parse.FilterByForm)
	require.Len(t, found, 1, "a filter without its key has rules, as a project has")
	assert.Equal(t, "this is not a filter: it has none of the keys of one", found[0].Message)
}

// TestRulesOfOtherTools are told by their keys, and the finding says what to do with each.
func TestRulesOfOtherTools(t *testing.T) {
	for text, hint := range map[string]string{
		"name: T\nqueryFrequency: 1h\ntriggerOperator: gt\nquery: A\n":                        "it is an analytics rule of Sentinel: `decree import FILE` makes a rule of it",
		"name: T\nkind: NRT\nrequiredDataConnectors: []\nquery: A\n":                          "it is a rule of Sentinel: `decree import FILE` makes a rule of it",
		"title: T\nlevel: low\nkind: evtx\ntimestamp: t\nfilter: {condition: a, a: {b: c}}\n": "it is a rule of Chainsaw: write its `filter` as the `detection` of a rule, with a `logsource` and the names of fields that Sigma has",
		"name: T\nid: x\nstatus: production\nsearch: s\nhow_to_implement: h\n":                "it is a detection of Splunk's security content: `decree import` reads savedsearches.conf",
	} {
		_, found := parse.Documents("a.yml", []byte(text), nil)
		if assert.Len(t, found, 1, text) {
			assert.Equal(t, [2]string{parse.NotARule, hint}, [2]string{found[0].Code, found[0].Hint})
		}
	}
}

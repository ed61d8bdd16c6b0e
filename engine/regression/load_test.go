package regression

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/parse"
)

func TestTestFilesThatCannotBe(t *testing.T) {
	const event = "events: [{id: a}]"
	for _, c := range []struct{ name, text, want, hint string }{
		{"no YAML", "cases: [", "yaml-syntax 1:1: invalid YAML: did not find expected node content", "a list or mapping in brackets has nothing in it and does not end: close it, or put a text with brackets in quotes"},
		{"no cases", "", "no-cases 1:1: the test file has no cases", "add `cases:` with at least one case"},
		{"another key", "cases: [{name: a, " + event + ", expect: {none: true}}]\ncase: []", `unknown-key 2:1: unknown key "case" in a test file`, "did you mean `cases`?"},
		{"two documents", "cases: [{name: a, " + event + ", expect: {none: true}}]\n---\ncases: []", "second-document 2:1: this file must be a single document; text after `---` is not read", "remove the `---` before it"},
		{"no name", "cases: [{" + event + ", expect: {none: true}}]", "missing-name 1:9: a case needs a name", "add `name:` and say what the case shows"},
		{"one name twice", "cases: [{name: a, " + event + ", expect: {none: true}}, {name: a, " + event + ", expect: {none: true}}]", `duplicate-name 1:61: duplicate case name "a"`, "rename one of them"},
		{"no expectation", "cases:\n  - {name: a, " + event + "}", "missing-expect 2:5: a case needs an expectation", "add `expect:` with ids, indexes, count, at_least, none; `decree test --update` fills in an empty one"},
		{"two expectations", "cases: [{name: a, " + event + ", expect: {none: true, count: 0}}]", "two-ways 1:59: expect has both none and count", "keep one of ids, indexes, count, at_least, none"},
		{"at least none", "cases: [{name: a, " + event + ", expect: {at_least: 0}}]", "wrong-type 1:57: at_least must be a whole number, 1 or more, got: \"0\"", "write `none: true` if nothing must match"},
		{"no events", "cases: [{name: a, expect: {none: true}}]", "missing-events 1:9: a case needs events", "add `events:`, `file:` or `use:`"},
		{"an event that is none", "cases: [{name: a, events: [x], expect: {none: true}}]", "invalid-event 1:28: this is not an event: it must be a mapping", "write it as `{Field: value, ...}`; put values in quotes that YAML would not read as text"},
		{"unknown model", "cases: [{name: a, model: mdee, " + event + ", expect: {none: true}}]", `unknown-model 1:26: unknown data model "mdee"`, "did you mean `mde`?"},
		{"time that is none", "cases: [{name: a, now: yesterday, " + event + ", expect: {none: true}}]", `invalid-time 1:24: "yesterday" is not a time`, "write it as 2026-03-02T12:00:00Z"},
		{"a file that is missing", "cases:\n  - name: a\n    file: none.evtx\n    expect: {none: true}", `file-not-found 3:11: the event file "none.evtx" does not exist`, "the path is relative to this file"},
		{"a file outside", "cases:\n  - {name: a, file: ../../e.json, expect: {none: true}}", `file-outside-folder 2:21: event file "../../e.json" is outside the rules folder`, "move it into the rules folder"},
		{"a folder", "cases:\n  - {name: a, file: ., expect: {none: true}}", `file-unreadable 2:21: cannot read event file ".": dir: not a regular file`, ""},
		{"a fixture that is not there", "fixtures: {estate: {" + event + "}}\ncases: [{name: a, use: state, expect: {none: true}}]", `no-such-fixture 2:24: unknown fixture "state"`, "did you mean `estate`?"},
		{"a case of another rule", "cases: [{name: a, rule: one, " + event + ", same_as: b}, {name: b, " + event + ", expect: {none: true}}]", `same-as-other-rule 1:58: the case "b" is of another rule`, "give both the same `rule`, or none"},
		{"a case that is not there", "cases: [{name: a, " + event + ", same_as: b}]", `no-such-case 1:47: unknown case "b"`, "name a case of this file"},
		{"the same as itself", "cases: [{name: a, " + event + ", same_as: a}]", "same-as-itself 1:47: the case refers to itself", "name another case"},
		{"a reputation of nothing", "cases: [{name: a, " + event + ", reputation: [{x: y}], expect: {none: true}}]", "no-reputation-key 1:51: the row does not say whose reputation it is", "add one of sha1, sha256, md5, domain"},
		{"a column with the rule's word as its name", "cases: [{name: a, " + event + ", reputation: [{sha1: y, Software: x}], expect: {none: true}}]", `reputation-column 1:61: no data model reads the column "Software"`, "did you mean `SoftwareName`?"},
		{"a column that is called what it holds", "cases: [{name: a, " + event + ", reputation: [{sha1: y, prevalence: 3}], expect: {none: true}}]", `reputation-column 1:61: no data model reads the column "prevalence"`, "did you mean `GlobalPrevalence`?"},
		{"a misspelt column of a reputation", "cases: [{name: a, " + event + ", reputation: [{sha1: y, SignatureStat: Unsigned}], expect: {none: true}}]", `reputation-column 1:61: no data model reads the column "SignatureStat"`, "did you mean `SignatureState`?"},
		{"a value of a reputation that cannot be", "cases: [{name: a, " + event + ", reputation: [{sha1: y, IsCertificateValid: 'yes'}], expect: {none: true}}]", `reputation-value 1:81: IsCertificateValid must be true or false, not "yes"`, "write true, false, 1 or 0"},
		{"a filter with an error", "cases:\n  - name: a\n    " + event + "\n    filters:\n      - {title: f, logsource: {product: windows}, filter: {rules: any, x: {A|endwith: b}, condition: not x}}\n    expect: {none: true}", `unknown-modifier 5:78: unknown modifier "endwith"`, "did you mean `endswith`?"},
		{"a detail of nothing", "cases: [{name: a, " + event + ", expect: {none: true, details: [{id: a}]}}]", "no-detail 1:69: the detail has no expectation", "add selections, ancestors or prevalence"},
		{"a count below none", "cases: [{name: a, " + event + ", expect: {count: -1}}]", "wrong-type 1:54: count must be a whole number, 0 or more, got: \"-1\"", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := Parse(folder, "dir/t.test.yml", []byte(c.text), parse.FilterByForm)
			require.Len(t, found, 1)
			d := found[0]
			assert.Equal(t, "dir/t.test.yml", d.Range.File)
			assert.Equal(t, c.want, fmt.Sprintf("%s %d:%d: %s", d.Code, d.Range.Start.Line, d.Range.Start.Col, d.Message))
			assert.Equal(t, c.hint, d.Hint)
		})
	}
}

func TestABadCaseLeavesTheOthers(t *testing.T) {
	file, found := Parse(nil, "t.yml", []byte("cases:\n  - {name: a, expect: {none: true}}\n  - {name: b, events: [{id: 1}], expect: {none: true}}\n"), parse.FilterByForm)
	assert.Len(t, found, 1)
	require.Len(t, file.Cases, 1)
	assert.Equal(t, "b", file.Cases[0].Name)
}

// TestWarningsDropNoCase reads a case of which a finding is only a warning.
func TestWarningsDropNoCase(t *testing.T) {
	text := "cases:\n  - name: a\n    events: [{id: a}]\n    filters: [{title: f, logsource: {product: windows}, filter: {rules: any, s: {A: b}, condition: s}}]\n    expect: {none: true}"
	file, found := Parse(nil, "t.test.yml", []byte(text), parse.FilterByForm)
	require.Len(t, found, 1)
	assert.Equal(t, "filter-without-not", found[0].Code)
	require.Len(t, file.Cases, 1)
	assert.Len(t, file.Cases[0].Filters, 1)
}

// TestEventsThatLostABackslash: double quotes make a tab or a line break of what looks like a path of Windows.
func TestEventsThatLostABackslash(t *testing.T) {
	for value, want := range map[string]bool{
		`"C:\temp\new.exe"`:      true,
		`"\notepad.exe"`:         true,
		`"C:\\bin\b.exe"`:        true,
		`"C:\\temp\\x.exe"`:      false,
		`'C:\temp\x.exe'`:        false,
		`"iex $a\nWrite-Host"`:   false,
		`"first:\n\tsecond\r\n"`: false,
	} {
		file, found := Parse(nil, "t.yml", []byte("cases:\n  - {name: a, events: [{id: 1, x: {Image: ["+value+"]}}], expect: {none: true}}\n"), parse.FilterByForm)
		require.Len(t, file.Cases, 1, value)
		require.Equal(t, want, len(found) > 0, value)
		if want {
			assert.Equal(t, "line-break-in-path", found[0].Code)
			assert.False(t, found.HasErrors())
			assert.Equal(t, 44, found[0].Range.Start.Col, value)
		}
	}
}

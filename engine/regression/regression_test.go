package regression

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

const ruleText = `
title: T
logsource: {product: windows, category: process_creation}
prevalence:
  rare: {field: sha1, global: {lt: 250, default: 0}, signature: {neq: SignedValid}}
detection:
  named: {Image|filename: x.exe}
  condition: named or rare
schedule: {every: 1h, lookback: 2h}
`

func rule(t *testing.T, text string) *ir.Rule {
	t.Helper()
	rs, found := rules.Parse("rule.yml", []byte(text), nil)
	require.Empty(t, found)
	r, found := ir.Lower(rs[0])
	require.Empty(t, found)
	return r
}

// files are those beside the test file.
var files = map[string]string{
	"dir/e.ndjson": "{\"id\":1,\"Image\":\"C:\\\\x.exe\"}\n{\"id\":2,\"Image\":\"C:\\\\y.exe\"}\n",
	"dir/e.csv":    "id,Image\n1,C:\\x.exe\n2,C:\\y.exe\n",
	"dir/bad.json": "{\"id\":1}\nnope\n[]\n",
	"e.json":       `[{"id":"above","Image":"x.exe"}]`,
}

func read(name string) ([]byte, error) {
	if text, ok := files[name]; ok {
		return []byte(text), nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func TestCases(t *testing.T) {
	for _, c := range []struct{ name, cases, want string }{
		{"ids, count, none", `
cases:
  - {name: ids, events: [{id: a, Image: 'C:\x.exe'}, {id: b, Image: 'C:\xx.exe'}], expect: {ids: [a]}}
  - {name: count, events: [{id: a, Image: x.exe}, {id: a, Image: x.exe}], expect: {count: 2}}
  - {name: count of none, events: [{id: a}], expect: {count: 0}}
  - {name: no ids, events: [{id: a}], expect: {ids: []}}
  - {name: none, events: [{id: a}], expect: {none: true}}
`, "ids: ok [a]\ncount: ok [a a]\ncount of none: ok []\nno ids: ok []\nnone: ok []\n"},
		{"what is not as expected", `
cases:
  - {name: ids, events: [{id: a, Image: x.exe}, {id: b}], expect: {ids: [b]}}
  - {name: typing error, events: [{id: a, Image: x.exe}], expect: {ids: [aa]}}
  - {name: count, events: [{id: a, Image: x.exe}], expect: {count: 2}}
  - {name: none, events: [{id: a, Image: x.exe}], expect: {none: true}}
`, `ids: missing: [b], unexpected: [a]
typing error: expected event "aa" is not among the events of this case
count: expected 2 matches, got 1: a
none: expected no match, got 1: a
`},
		{"files", `
cases:
  - {name: lines, file: e.ndjson, expect: {ids: ['1']}}
  - {name: rows, file: e.csv, expect: {ids: ['1']}}
  - {name: no file, file: none.json, expect: {none: true}}
  - {name: above the rule, file: ../e.json, expect: {ids: [above]}}
  - {name: outside, file: ../../e.json, expect: {none: true}}
  - {name: lines that are no events, file: bad.json, expect: {none: true}}
`, `lines: ok [1]
rows: ok [1]
no file: open dir/none.json: file does not exist
above the rule: ok [above]
outside: file ../../e.json is outside the rules folder
lines that are no events: 2 lines are no events, the first at bad.json:2: not JSON: invalid character 'o' in literal null (expecting 'u')
`},
		{"reputation, time and model", `
cases:
  - {name: rare, events: [{id: a, sha1: AA}, {id: b, sha1: bb}, {id: c, sha1: cc}, {id: d}], reputation: [{sha1: aa, GlobalPrevalence: 249}, {sha1: BB, GlobalPrevalence: 250}, {sha1: cc, SignatureState: SignedValid}], expect: {ids: [a]}}
  - {name: in the lookback, now: '2024-05-01T12:00:00Z', events: [{id: a, Image: x.exe, UtcTime: '2024-05-01 10:00:00'}, {id: b, Image: x.exe, UtcTime: '2024-05-01 09:59:59'}, {id: c, Image: x.exe}], expect: {ids: [a]}}
  - {name: times that YAML reads, now: '2024-05-01T12:00:00Z', events: [{id: a, Image: x.exe, UtcTime: 2024-05-01 10:00:00}], expect: {ids: [a]}}
  - {name: defender, model: mde, events: [{ReportId: 7, ActionType: ProcessCreated, FolderPath: 'C:\x.exe', FileName: x.exe}], expect: {ids: ['7']}}
`, "rare: ok [a]\nin the lookback: ok [a]\ntimes that YAML reads: ok [a]\ndefender: ok [7]\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cases, found := Parse("rule.test.yml", []byte(c.cases))
			require.Empty(t, found)
			var got strings.Builder
			for _, o := range Run(rule(t, ruleText), cases, "dir", read) {
				if o.Problem == "" {
					o.Problem = fmt.Sprintf("ok %v", o.Matched)
				}
				fmt.Fprintf(&got, "%s: %s\n", o.Case, o.Problem)
				assert.Equal(t, "rule.test.yml", o.At.File)
			}
			assert.Equal(t, c.want, got.String())
		})
	}
}

func TestARuleThatIsNotRunPassesNothing(t *testing.T) {
	linux := rule(t, strings.Replace(ruleText, "product: windows", "product: linux", 1))
	cases, found := Parse("t", []byte("cases: [{name: a, model: mde, events: [{ReportId: 1}], expect: {none: true}}]"))
	require.Empty(t, found)
	assert.Contains(t, Run(linux, cases, ".", read)[0].Problem, "data model mde has no such log source; the rule is not run")
}

func TestExpressionsThatRunOutOfTimeAreAProblem(t *testing.T) {
	slow := rule(t, "title: T\nlogsource: {product: windows}\ndetection:\n  a: {F|re: '^(?=a)(a+)+$'}\n  condition: a\n")
	cases, found := Parse("t", []byte("cases: [{name: a, events: [{F: "+strings.Repeat("a", 5000)+"b}], expect: {none: true}}]"))
	require.Empty(t, found)
	assert.Equal(t, "1 matches of a backtracking expression ran out of time", Run(slow, cases, ".", read)[0].Problem)
}

func TestTestFilesThatCannotBe(t *testing.T) {
	const event = "events: [{id: a}]"
	for _, c := range []struct{ name, text, want string }{
		{"no YAML", "cases: [", "yaml-syntax 0:0: yaml: line 1: did not find expected node content"},
		{"no cases", "", "no-cases 1:1: this test file has no cases"},
		{"another key", "case: []", "test-file 1:1: yaml: unmarshal errors:\n  line 1: field case not found in type struct { Cases []yaml.Node \"yaml:\\\"cases\\\"\" }"},
		{"two documents", "cases: [{name: a, " + event + ", expect: {none: true}}]\n---\ncases: []", "test-file 1:1: what follows `---` would not be read: a test file is one document"},
		{"no name", "cases: [{" + event + ", expect: {none: true}}]", "test-case 1:9: a case needs a name"},
		{"no expectation", "cases:\n  - {name: a, " + event + "}", "test-case 2:5: expect needs exactly one of ids, count, at_least, none"},
		{"two expectations", "cases: [{name: a, " + event + ", expect: {none: true, count: 0}}]", "test-case 1:9: expect needs exactly one of ids, count, at_least, none"},
		{"no events", "cases: [{name: a, expect: {none: true}}]", "test-case 1:9: a case needs events or file, one of the two"},
		{"events and a file", "cases: [{name: a, file: x, " + event + ", expect: {none: true}}]", "test-case 1:9: a case needs events or file, one of the two"},
		{"unknown model", "cases: [{name: a, model: nope, " + event + ", expect: {none: true}}]", `test-case 1:9: unknown model "nope" (one of `},
		{"time that is none", "cases: [{name: a, now: yesterday, " + event + ", expect: {none: true}}]", `test-case 1:9: now: parsing time "yesterday"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			cases, found := Parse("t.yml", []byte(c.text))
			assert.Empty(t, cases)
			require.Len(t, found, 1)
			d := found[0]
			assert.Equal(t, diag.Error, d.Severity)
			assert.Contains(t, fmt.Sprintf("%s %d:%d: %s", d.Code, d.Range.Start.Line, d.Range.Start.Col, d.Message), c.want)
			assert.NotEmpty(t, d.Hint)
		})
	}
}

func TestABadCaseLeavesTheOthers(t *testing.T) {
	cases, found := Parse("t.yml", []byte("cases:\n  - {name: a}\n  - {name: b, events: [{id: 1}], expect: {none: true}}\n"))
	assert.Len(t, found, 1)
	require.Len(t, cases, 1)
	assert.Equal(t, "b", cases[0].Name)
}

package regression

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/rules/source"
	"decree/tests/fixture/lowered"
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
	return lowered.Rule(t, text)
}

// folder holds the files that cases of dir/rule.test.yml name.
var folder = source.NewFolder("", fstest.MapFS{
	"dir/e.ndjson": {Data: []byte("{\"id\":1,\"Image\":\"C:\\\\x.exe\"}\n{\"id\":2,\"Image\":\"C:\\\\y.exe\"}\n")},
	"dir/e.csv":    {Data: []byte("id,Image\n1,C:\\x.exe\n2,C:\\y.exe\n")},
	"dir/bad.json": {Data: []byte("{\"id\":1}\nnope\n[]\n")},
	"dir/big.json": {Data: []byte(strings.Repeat("{\"id\":1,\"Image\":\"C:\\\\y.exe\"}\n", 5<<20/30))},
	"e.json":       {Data: []byte(`[{"id":"above","Image":"x.exe"}]`)},
})

// outcomes runs cases and shows each on a line: what matched, else what is wrong and where.
func outcomes(t *testing.T, r *ir.Rule, text string) string {
	t.Helper()
	file, found := Parse(folder, "dir/rule.test.yml", []byte(text), parse.FilterByForm)
	require.Empty(t, found)
	var got strings.Builder
	for _, o := range RunAll([]Suite{{Rule: r, Cases: file.Cases}}, 4)[0] {
		fmt.Fprintf(&got, "%s:", o.Case)
		if o.Passed() {
			fmt.Fprintf(&got, " ok %v\n", o.Matched)
		}
		for _, f := range append(o.Failures, o.Warnings...) {
			fmt.Fprintf(&got, " %s %d:%d %s\n", f.Code, f.Range.Start.Line, f.Range.Start.Col, f.Message)
		}
	}
	return got.String()
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
`, `ids: unexpected-match 3:73 unexpected matches: a
 missing-match 3:74 expected event b to match, but it does not
typing error: unexpected-match 4:73 unexpected matches: a
 unknown-event 4:74 no event of this case has the id "aa"
count: wrong-count 5:68 expected 2 matches, got 1: a
none: unexpected-match 6:66 expected no match, got 1: a
`},
		{"ids that are not unique", `
cases:
  - {name: one of two, events: [{id: a, Image: x.exe}, {id: a}], expect: {ids: [a]}}
  - {name: none of two, events: [{id: a}, {id: a}], expect: {ids: [a]}}
  - {name: both, events: [{id: a, Image: x.exe}, {id: a, Image: x.exe}], expect: {ids: [a]}}
  - {name: not asked, events: [{id: a}, {id: a}, {id: b, Image: x.exe}], expect: {ids: [b]}}
  - {name: the same once, events: [{id: a, Image: x.exe}], same_as: both}
  - {name: the same twice, events: [{id: a, Image: x.exe}, {id: a, Image: x.exe}, {id: a}], same_as: both}
`, `one of two: missing-match 3:81 expected all 2 events with the id a to match, but 1 do not
none of two: missing-match 4:68 expected all 2 events with the id a to match, but 2 do not
both: ok [a a]
 ambiguous-id 5:89 2 events have the id a; all of them match
not asked: ok [b]
the same once: not-the-same 7:69 in "both" these match: a, a (2); here: a
the same twice: ok [a a]
`},
		{"files", `
cases:
  - {name: lines, file: e.ndjson, expect: {ids: ['1']}}
  - {name: rows, file: e.csv, expect: {ids: ['1']}}
  - {name: above the rule, file: ../e.json, expect: {ids: [above]}}
  - {name: longer than a rule may be, file: big.json, expect: {none: true}}
  - {name: several, file: [e.csv, ../e.json], expect: {indexes: [1, 3]}}
  - {name: lines that are no events, file: bad.json, expect: {none: true}}
`, `lines: ok [1]
rows: ok [1]
above the rule: ok [above]
longer than a rule may be: ok []
several: ok [1 above]
lines that are no events: case-not-run 8:5 2 lines are not events, the first at bad.json:2: not JSON: invalid character 'o' in literal null (expecting 'u')
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
			assert.Equal(t, c.want, outcomes(t, rule(t, ruleText), c.cases))
		})
	}
}

func TestARuleThatIsNotRunPassesNothing(t *testing.T) {
	solaris := rule(t, strings.Replace(ruleText, "product: windows", "product: solaris", 1))
	assert.Contains(t, outcomes(t, solaris, "cases: [{name: a, model: mde, events: [{ReportId: 1}], expect: {none: true}}]"),
		"no-log-source 3:12 data model mde has no such log source; the rule is not run")
}

func TestExpressionsThatTakeTooManyStepsAreAProblem(t *testing.T) {
	slow := rule(t, "title: T\nlogsource: {product: windows}\ndetection:\n  a: {F|re: '^(?=a)(a*)*$'}\n  condition: a\n")
	text := "cases: [{name: a, events: [{F: " + strings.Repeat("a", 5000) + "b}], expect: {none: true}}]"
	assert.Equal(t, "a: case-not-run 1:9 rule \"T\" was suspended at events:1: its regular expressions take more than 1000000 steps on it\n", outcomes(t, slow, text))
}

func TestMatchesWithoutATimeAreNamed(t *testing.T) {
	const read = "data model sigma reads the time from UtcTime, @timestamp, TimeCreated, SystemTime, EventTime, Timestamp, timestamp, _time"
	run := func(section, events string) Outcome {
		r := rule(t, "title: T\nlogsource: {product: windows}\nlookback: 1d\n"+section)
		file, found := Parse(folder, "dir/rule.test.yml", []byte("cases: [{name: a, events: ["+events+"], expect: {ids: [b]}}]"), parse.FilterByForm)
		require.Empty(t, found)
		return RunAll([]Suite{{Rule: r, Cases: file.Cases}}, 1)[0][0]
	}
	const timeless = "{id: b, host: h, time: '2026-03-01 10:00:00'}"
	const firstSeen = "first_seen: {n: {fields: [host], over: 1d, among: s}}\ndetection: {s: {host: h}, condition: n}\n"
	o := run(firstSeen, timeless)
	require.Len(t, o.Failures, 1)
	assert.Equal(t, "case-not-run", o.Failures[0].Code)
	assert.Equal(t, "1 match has no readable time, which a correlation, a join or first_seen needs: "+read, o.Failures[0].Message)
	assert.Equal(t, []string{"expected: b", "got:      nothing: the case was not run"}, o.Summary())
	o = run(firstSeen, timeless+", {id: c, host: h}")
	assert.Contains(t, o.Failures[0].Message, "2 matches have no readable time")

	const suppress = "suppress: {by: [host], for: 1h}\ndetection: {s: {host: h}, condition: s}\n"
	o = run(suppress, timeless+", {id: c, host: h}")
	require.Len(t, o.Failures, 1)
	assert.Equal(t, "unexpected-match", o.Failures[0].Code)
	assert.Equal(t, "2 matches have no readable time, so `suppress` leaves out none of them: "+read, o.Failures[0].Hint)
	assert.True(t, run(suppress, "{id: b, host: h, UtcTime: '2026-03-01 10:00:00'}, {id: c, host: h, UtcTime: '2026-03-01 10:01:00'}").Passed())
}

func TestOneMatchIsNotSeveral(t *testing.T) {
	assert.Equal(t, "a: wrong-count 1:54 expected 1 match, got 0\nb: wrong-count 1:107 expected at least 1 match, got 0\n",
		outcomes(t, rule(t, ruleText), "cases: [{name: a, events: [{id: a}], expect: {count: 1}}, {name: b, events: [{id: a}], expect: {at_least: 1}}]"))
	assert.Equal(t, "1 match was", matchesAre(1))
	assert.Equal(t, "2 matches were", matchesAre(2))
	assert.Equal(t, "data model x names no column of time", timesOf(&schema.Model{Name: "x"}))
}

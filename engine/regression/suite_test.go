package regression

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/parse"
)

func TestStoriesFixturesAndFilters(t *testing.T) {
	got := outcomes(t, rule(t, ruleText), `
fixtures:
  estate:
    events: [{id: s, Image: y.exe, sha1: aa, Computer: A}, {id: x, Image: x.exe}]
    reputation: [{sha1: aa, GlobalPrevalence: 1}]
cases:
  - {name: story, events: [{id: a, Image: x.exe}, {id: b}], expect: {ids: [a]}}
  - {name: told alike, model: mde, events: [{ReportId: a, ActionType: ProcessCreated, FolderPath: 'C:\x.exe', FileName: x.exe}], same_as: story}
  - {name: told otherwise, events: [{id: a}, {id: b, Image: x.exe}], same_as: story}
  - {name: without ids, events: [{Image: x.exe}], same_as: story}
  - {name: by place, events: [{Image: x.exe}], same_as: {case: story, by: indexes}}
  - {name: by count, events: [{}, {Image: x.exe}], same_as: {case: story, by: count}}
  - {name: shared, use: estate, events: [{id: b, sha1: AA}], expect: {ids: [s, x, b]}}
  - {name: own alone, use: estate, events: [{id: b, sha1: AA}], expect: {indexes: [1]}}
  - name: filtered
    events: [{id: a, Image: x.exe, User: deploy}, {id: b, Image: x.exe}]
    filters: [{title: f, logsource: {product: windows}, filter: {rules: any, who: {User: deploy}, condition: not who}}]
    expect: {ids: [b]}
  - name: filter of other rules
    events: [{id: a}]
    filters: [{title: f, logsource: {product: linux}, filter: {rules: any, who: {User: deploy}, condition: not who}}]
    expect: {none: true}
  - {name: text, events: '{"id":"a","Image":"x.exe"}', expect: {ids: [a]}}
`)
	assert.Equal(t, `story: ok [a]
told alike: ok [a]
told otherwise: not-the-same 9:79 in "story" these match: a; here: b
without ids: not-the-same 10:60 a matching event has no id, so the cases cannot be compared by ids
by place: ok [#1]
by count: ok [#2]
shared: ok [s x b]
own alone: unexpected-match 14:83 unexpected matches: s, x
filtered: ok [b]
filter of other rules: filter-covers-nothing 21:15 the filter does not apply to the rule
text: ok [a]
`, got)
}

func TestDetails(t *testing.T) {
	deep := rule(t, `
title: T
logsource: {product: windows, category: process_creation}
ancestry:
  shell: {parent: {Image|filename: cmd.exe}}
prevalence:
  rare: {field: sha1, local: {distinct: host, lte: 1}}
detection:
  a: {User: u}
  b: {User: v}
  condition: (a or b) and shell and rare
`)
	const events = "events: [{id: x, User: u, Computer: H, sha1: aa, ParentImage: 'C:\\cmd.exe', ParentCommandLine: cmd /c}, {id: y, User: v}]"
	for _, c := range []struct{ details, want string }{
		{"{id: x, selections: [shell, rare, a], ancestors: [{level: 1, Image: 'c:\\CMD.exe', CommandLine: cmd /c}], prevalence: {rare: {value: aa, count: 1, rank: 1, rare: true}}}", " ok [x]"},
		{"{index: 2, selections: [b], ancestors: {level: 1, found: false}, prevalence: {rare: {found: false}}}", " ok [x]"},
		{"{id: x, selections: [b]}", " wrong-selections expected to be true: b; got: shell, rare, a"},
		{"{id: x, selections: [c]}", ` unknown-selection the condition does not use the name "c"`},
		{"{id: z, selections: [a]}", ` unknown-event no event of this case has the id "z"`},
		{"{index: 3, selections: [a]}", " unknown-event event 3 does not exist: the case has 2 events of its own"},
		{"{id: x, ancestors: [{level: 1, Image: x}]}", ` wrong-ancestor event x: ancestor 1 has Image "C:\\cmd.exe", expected "x" (the event itself)`},
		{"{id: x, ancestors: [{level: 1, found: false}]}", ` wrong-ancestor event x: ancestor 1 was found: C:\cmd.exe  cmd /c (the event itself)`},
		{"{id: y, ancestors: [{level: 1}]}", " wrong-ancestor event y: ancestor 1 was not found: no event of the case tells of it"},
		{"{id: x, ancestors: [{level: 2}]}", " wrong-ancestor event x: ancestor 2 was not searched: the rule asks for none above level 1"},
		{"{id: x, prevalence: {rare: {count: 2}}}", ` wrong-prevalence event x: not as expected: rare: aa seen by 1 here (rank 1), globally unknown, signature "", rare: true`},
		{"{id: x, prevalence: {rare: {global: 0}}}", ` wrong-prevalence event x: not as expected: rare: aa seen by 1 here (rank 1), globally unknown, signature "", rare: true`},
		{"{id: y, prevalence: {rare: {rare: true}}}", " wrong-prevalence event y: rare has no result: its value is not in the population"},
		{"{id: y, prevalence: {rarest: {rare: true}}}", ` unknown-selection the rule has no prevalence condition "rarest"`},
	} {
		file, found := Parse(nil, "t", []byte("cases: [{name: a, "+events+", expect: {ids: [x], details: ["+c.details+"]}}]"), parse.FilterByForm)
		require.Empty(t, found, c.details)
		o := RunAll([]Suite{{Rule: deep, Cases: file.Cases}}, 1)[0][0]
		got := fmt.Sprintf(" ok %v", o.Matched)
		if !o.Passed() {
			got = fmt.Sprintf(" %s %s", o.Failures[0].Code, o.Failures[0].Message)
			assert.Equal(t, o.Failures[0].Code != "unknown-event", o.Explained != nil, c.details)
		}
		assert.Equal(t, c.want, got, c.details)
	}
}

// TestTheFirstWrongEventIsExplained asks for the event that a reader must look at.
func TestTheFirstWrongEventIsExplained(t *testing.T) {
	for expect, want := range map[string]string{"{ids: [b]}": "a", "{ids: [a, b]}": "b", "{none: true}": "a", "{count: 3}": "b", "{count: 1}": "c", "{ids: [a, c]}": ""} {
		file, found := Parse(nil, "t", []byte("cases: [{name: n, events: [{id: a, Image: x.exe}, {id: b}, {id: c, Image: x.exe}], expect: "+expect+"}]"), parse.FilterByForm)
		require.Empty(t, found)
		o := file.Cases[0].Run(rule(t, ruleText))
		if want == "" {
			assert.Nil(t, o.Explained)
		} else if assert.NotNil(t, o.Explained, expect) {
			assert.Equal(t, want, o.Explained.EventID, expect)
		}
	}
}

// TestWorkersChangeNothing runs the same cases on one worker and on many.
func TestWorkersChangeNothing(t *testing.T) {
	var text strings.Builder
	text.WriteString("cases:\n")
	for i := range 200 {
		fmt.Fprintf(&text, "  - {name: c%d, events: [{id: a, Image: x.exe}, {id: b%d}], expect: {ids: [a]}}\n", i, i)
	}
	file, found := Parse(nil, "t", []byte(text.String()), parse.FilterByForm)
	require.Empty(t, found)
	suite := []Suite{{Rule: rule(t, ruleText), Cases: file.Cases, Select: func(c *Case) bool { return strings.HasSuffix(c.Name, "7") }}}
	one := RunAll(suite, 1)
	assert.Len(t, one[0], 20)
	assert.Equal(t, one, RunAll(suite, 16))
}

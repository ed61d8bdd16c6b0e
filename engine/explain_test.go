package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// explained explains the last of some events, which all are given.
func explained(t *testing.T, opt engine.Options, r *ir.Rule, lines ...string) engine.Explanation {
	t.Helper()
	x, found := engine.NewExplainer(r, opt)
	require.Empty(t, found)
	for i, line := range lines {
		require.NoError(t, x.Add(&event.Event{Source: "test", Line: i + 1, Raw: []byte(line)}, i == len(lines)-1))
	}
	all, _, err := x.Finish()
	require.NoError(t, err)
	require.Len(t, all, 1)
	return all[0]
}

// leaves lists the steps that are predicates: their text, truth, value and where that was read.
func leaves(s *engine.Step) []engine.Step {
	if s == nil {
		return nil
	}
	if len(s.Steps) == 0 {
		return []engine.Step{*s}
	}
	var out []engine.Step
	for i := range s.Steps {
		out = append(out, leaves(&s.Steps[i])...)
	}
	return out
}

func TestExplanationsSayWhatEachPartHas(t *testing.T) {
	r := lowered.Rule(t, `
ancestry:
  up:
    parent: {CommandLine|contains: '/c'}
    grandparent: {Image|filename: sqlservr.exe}
prevalence:
  rare: {field: sha1, among: named, local: {distinct: host, lte: 1}}
detection:
  named: {Image|filename: who.exe}
  line: {CommandLine|fieldref: NewProcessName}
  other: {CommandLine: 'x*y'}
  gone: {Product: z}
  words: [whoami]
  condition: named and up and not (line or other) and not gone and not words and 1 of named* and not rare
`)
	x := explained(t, engine.Options{Model: lowered.Model(t, "windows")}, r,
		enginetest.SecurityProcess(1, "A", "01", 1, 0, "sqlservr.exe", "s"), enginetest.SecurityProcess(2, "A", "02", 2, 1, "cmd.exe", "cmd /c who"), enginetest.SecurityProcess(3, "A", "03", 3, 2, "who.exe", "who"))
	assert.True(t, x.Matched)
	assert.Equal(t, "3", x.EventID)
	assert.NotEmpty(t, x.LogSource)
	assert.True(t, x.InLookback)
	assert.Contains(t, x.Names, "named")
	assert.Len(t, x.Ancestors, 2)
	assert.NotEmpty(t, x.Expr)
	assert.NotEmpty(t, x.Atoms)
	steps := leaves(x.Condition)
	has := func(text, value, from string) {
		t.Helper()
		i := slices.IndexFunc(steps, func(s engine.Step) bool { return s.Text == text })
		if assert.GreaterOrEqual(t, i, 0, "no step %q among %v", text, steps) {
			assert.Equal(t, value, steps[i].Value, text)
			assert.Equal(t, from, steps[i].From, text)
		}
	}
	has(`Image filename "who.exe"`, `"who.exe"`, "")
	has(`parent's CommandLine contains "/c"`, `"cmd /c who"`, "its own creation")
	has(`grandparent's Image filename "sqlservr.exe"`, `"sqlservr.exe"`, "its own creation")
	has(`CommandLine equals the field NewProcessName`, `"who", the other "who.exe"`, "")
	has(`Product equals "z"`, "missing: the data model has no column for it here", "")
	has(`prevalence rare`, "the event has no sha1", "")
	_, err := json.Marshal(x)
	assert.NoError(t, err)
}

func TestExplanationsOfOtherLogsAndUnknownAncestors(t *testing.T) {
	r := lowered.Rule(t, "ancestry:\n  up:\n    grandparent: {Image|filename: x.exe}\ndetection:\n  a: {Image|filename: who.exe}\n  b: {CommandLine|exists: true}\n  condition: a and b and up\n")
	opt := engine.Options{Model: lowered.Model(t, "windows")}
	x := explained(t, opt, r, `{"Channel":"other","EventID":1}`)
	assert.False(t, x.Matched)
	assert.Empty(t, x.LogSource)
	assert.Equal(t, []string{`sysmon_process_creation: Channel must be Microsoft-Windows-Sysmon/Operational, and is "other"`, `security_process_creation: EventID must be 4688, and is "1"; Channel must be Security, and is "other"`}, x.OtherLog)
	x = explained(t, opt, r, `{"Image":"who.exe"}`)
	assert.Equal(t, []string{"sysmon_process_creation: EventID must be 1, and is missing", "security_process_creation: EventID must be 4688, and is missing"}, x.OtherLog)
	x = explained(t, engine.Options{Model: lowered.Model(t, "sentinel")}, r, `{"Type":"SigninLogs"}`)
	assert.Contains(t, strings.Join(x.OtherLog, "\n"), `must be SecurityEvent, and is "SigninLogs"`)
	x = explained(t, opt, r, `{"EventID":4688,"Channel":"Security","EventRecordID":3,"Computer":"A","NewProcessName":"who.exe"}`)
	assert.False(t, x.Matched)
	var values, from []string
	for _, s := range leaves(x.Condition) {
		values, from = append(values, s.Value), append(from, s.From)
	}
	assert.Contains(t, values, "unknown")
	assert.Contains(t, from, "no creation event tells it")
	assert.Contains(t, values, "missing")
}

// TestExplanationsSayWhyAValueHasNoFigure, and that plain events have their hashes in Sysmon's column, or each alone.
func TestExplanationsSayWhyAValueHasNoFigure(t *testing.T) {
	r := lowered.Rule(t, "prevalence:\n  rare: {field: sha1, among: tool, local: {distinct: host, lte: 1}}\ndetection:\n  tool: {Image|filename: who.exe}\n  condition: rare\n")
	every := lowered.Rule(t, "schedule: {every: 1h, lookback: 1h}\nprevalence:\n  rare: {field: sha1, local: {distinct: host, lte: 1}}\ndetection:\n  tool: {Image|filename: who.exe}\n  condition: rare\n")
	now := engine.Options{Now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	for _, c := range []struct {
		rule  *ir.Rule
		opt   engine.Options
		event string
		want  string
	}{
		{r, engine.Options{}, `{"Image": "who.exe", "Computer": "A", "sha1": "AA"}`, "rare: aa seen by 1 here (rank 1), globally unknown, signature \"\", rare: true"},
		{r, engine.Options{}, `{"Image": "who.exe", "Computer": "A", "Hashes": "MD5=b, SHA1=AA"}`, "rare: aa seen by 1 here (rank 1), globally unknown, signature \"\", rare: true"},
		{r, engine.Options{}, `{"Image": "who.exe", "Computer": "A", "Hashes": "MD5=b"}`, "the event has no sha1"},
		{r, engine.Options{}, `{"Image": "other.exe", "Computer": "A", "sha1": "AA"}`, `no event that counts has the sha1 "aa": those of tool in the lookback count`},
		{every, now, `{"Image": "who.exe", "Computer": "A", "sha1": "AA", "UtcTime": "2026-03-01 09:00:00"}`, `no event that counts has the sha1 "aa": those in the lookback count`},
	} {
		x := explained(t, c.opt, c.rule, c.event)
		assert.Equal(t, c.want, leaves(x.Condition)[0].Value, c.event)
	}
}

// TestExplanationsNameAFieldThatIsNearlyTheMissingOne, and none that is only alike.
func TestExplanationsNameAFieldThatIsNearlyTheMissingOne(t *testing.T) {
	r := lowered.Rule(t, "detection:\n  a: {TargetUserName: ann}\n  condition: a\n")
	for event, want := range map[string]string{
		`{"TargetUsrName": "ann"}`:                           "missing; the event has TargetUsrName",
		`{"targetusername": "ann", "TargetUserNam": "ann"}`:  "missing; the event has targetusername",
		`{"TargetUserSid": "S-1", "SubjectUserName": "ann"}`: "missing",
		`{"TargetUserName": null, "TargetUserNam": "ann"}`:   "missing; the event has it, but null or empty",
	} {
		assert.Equal(t, want, leaves(explained(t, engine.Options{}, r, event).Condition)[0].Value, event)
	}
	proxy := lowered.Rule(t, "logsource: {category: proxy}\ndetection:\n  a: {sc-bytes: 1}\n  condition: a\n")
	for event, want := range map[string]string{
		`{"cs-bytes": 1}`: "missing", // it is a field of its own, in another data model
		`{"sc-byte": 1}`:  "missing; the event has sc-byte",
	} {
		assert.Equal(t, want, leaves(explained(t, engine.Options{}, proxy, event).Condition)[0].Value, event)
	}
}

func TestExplanationsShowFilters(t *testing.T) {
	r := lowered.Rule(t, "detection:\n  a: {Image|filename: who.exe}\n  condition: a\n")
	filter := lowered.Rule(t, "detection:\n  a: {User: root}\n  condition: not a\n")
	filtered := *r
	filtered.Filter = filter.Condition
	x := explained(t, engine.Options{}, &filtered, `{"id":1,"Image":"who.exe","User":"root"}`)
	assert.False(t, x.Matched)
	require.NotNil(t, x.Filter)
	assert.True(t, x.Condition.Holds)
	assert.False(t, x.Filter.Holds)
}

func TestEventIDIsTheFirstColumnThatIsThere(t *testing.T) {
	m := lowered.Model(t, "windows")
	assert.Equal(t, "7", engine.EventID(m, event.Of(map[string]any{"EventRecordID": json.Number("7")})))
	assert.Empty(t, engine.EventID(m, event.Of(map[string]any{"x": 1})))
}

func TestExplanationsOfArraysShowTheNearestElement(t *testing.T) {
	r := lowered.Rule(t, "sigma-version: 3\ndetection:\n  a:\n    targets[any]:\n      type: User\n      name|contains: [adm, root]\n      roles[none]: {id: 7}\n  condition: a\n")
	for _, c := range []struct {
		event, value string
		parts        []string
	}{
		{`{"targets":[{"type":"Group"},{"type":"User","name":"admin","roles":[{"id":"1"}]}]}`, "elements: 2, shown: [1]",
			[]string{`true type equals "User": "User"`, `true name contains "adm", "root": "admin"`, `true roles has no element with: elements: 1, shown: [0]`}},
		{`{"targets":[{"type":"Group"},{"type":"User","name":"bob"},{"name":"x"}]}`, "elements: 3, shown: [1]",
			[]string{`true type equals "User": "User"`, `false name contains "adm", "root": "bob"`, `true roles has no element with (id eq 7): missing`}},
		{`{"targets":[]}`, "an array without elements", nil},
		{`{"targets":"x"}`, `"x", not an array`, nil},
		{`{"other":1}`, "missing, or not an array", nil},
	} {
		x := explained(t, engine.Options{}, r, c.event)
		step := x.Condition
		for step.Value == "" {
			step = &step.Steps[0]
		}
		assert.Equal(t, c.value, step.Value, c.event)
		var parts []string
		for _, p := range step.Steps {
			parts = append(parts, fmt.Sprintf("%t %s: %s", p.Holds, p.Text, p.Value))
		}
		assert.Equal(t, c.parts, parts, c.event)
	}
}

func TestExplanationsOfEachElementShowTheOneThatFails(t *testing.T) {
	for body, want := range map[string]string{
		"targets[all]:\n      - {type: a}\n      - {type: b}": "elements: 3, shown: [2]",
		"targets[all_or_empty].type: [a, b]":                  "elements: 3, shown: [2]",
		"targets[none].type: b":                               "elements: 3, shown: [1]",
		"targets[-1].type: b":                                 "elements: 3, shown: [2]",
		"targets[9].type: b":                                  "elements: 3",
		"targets[any]:\n      x: {type: c}\n      y: {type: d}\n      z: {n: '1'}\n      condition: z and not x and not y": "elements: 3, shown: [0]",
	} {
		x := explained(t, engine.Options{}, lowered.Rule(t, "sigma-version: 3\ndetection:\n  a:\n    "+body+"\n  condition: a\n"), `{"targets":[{"type":"a"},{"type":"b"},{"type":"c"}]}`)
		step := x.Condition
		for step.Value == "" {
			step = &step.Steps[0]
		}
		assert.Equal(t, want, step.Value, body)
	}
}

// TestExplanationsOfSpreadFields: a field that a model spreads over several columns has the value of the one that is
// there.
func TestExplanationsOfSpreadFields(t *testing.T) {
	r := lowered.Rule(t, "logsource: {product: azure, service: auditlogs}\ndetection:\n  a: {Status: success}\n  condition: a\n")
	opt := engine.Options{Model: lowered.Model(t, "ecs")}
	for event, want := range map[string]string{
		`{"id":1,"event":{"dataset":"azure.auditlogs","outcome":"success"}}`:                                       `"success"`,
		`{"id":1,"event":{"dataset":"azure.auditlogs"},"azure":{"auditlogs":{"properties":{"result":"timeout"}}}}`: `"timeout"`,
		`{"id":1,"event":{"dataset":"azure.auditlogs"}}`:                                                           "missing: no azure.auditlogs.properties.result",
	} {
		x := explained(t, opt, r, event)
		assert.Equal(t, want, leaves(x.Condition)[0].Value, event)
	}
}

// TestExplanationsOfLists: a list of objects has no text, and the explanation says what to do.
func TestExplanationsOfLists(t *testing.T) {
	r := lowered.Rule(t, "logsource: {product: azure, service: auditlogs}\ndetection:\n  a: {TargetResources|contains: x}\n  condition: a\n")
	x := explained(t, engine.Options{Model: lowered.Model(t, "sigma")}, r, `{"id":1,"TargetResources":[{"id":"x"}]}`)
	assert.Equal(t, "present, a list or an object, which has no text of its own: test field.key, or field[any] with sigma-version: 3", leaves(x.Condition)[0].Value)
}

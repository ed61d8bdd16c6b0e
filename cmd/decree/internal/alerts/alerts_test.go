package alerts

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/engine"
	"decree/engine/correlate"
	"decree/engine/event"
	"decree/engine/lineage"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// rule is one with a title and a level, at a line of its file.
func rule(title, level string, line int) *ir.Rule {
	at := diag.Range{File: "rules/r.yml", Start: diag.Position{Line: line}}
	return &ir.Rule{Source: &rules.Rule{Title: title, ID: title + "-id", Level: level, Range: at, Tags: []string{"attack.privilege_escalation", "attack.t1059.001", "car.2013-05-004"}}}
}

func match(r *ir.Rule, id string) engine.Result {
	return engine.Result{
		Rule: r, EventID: id, Event: &event.Event{Source: "e.ndjson", Line: 3, Raw: []byte(`{"Image":"<x>"}`)},
		Facts: []event.Fact{{Name: "host", Value: "PC7"}, {Name: "Image", Value: `C:\who.exe`}}, Names: []string{"a", "b"},
		Ancestors:  []lineage.Ancestor{{Level: 1, Image: "cmd.exe", CommandLine: "cmd /c", From: "the event"}},
		Reputation: map[string]string{"signer": "none", "known": "no"},
		At:         time.Date(2026, 3, 1, 10, 0, 0, 5e6, time.UTC), Log: engine.Log{Channel: "Security", Code: "4688"},
		Evidence: []engine.Evidence{
			{Name: "a", Field: "Image", Test: `endswith "\who.exe"`, Values: []string{`C:\who.exe`}, At: []int{2}},
			{Name: "b", Field: "CommandLine", Level: 1, Test: `contains " /c"`, Values: []string{"cmd /c\u202e"}, At: []int{3}, From: "event 3"},
		},
	}
}

var suspended = engine.Suspension{Rule: rule("Slow", "low", 9), EventID: "5", Source: "e.ndjson", Line: 5, Reason: "too many steps"}

// written is what a format writes of some matches.
func written(t *testing.T, format string, fields []string, all ...engine.Result) string {
	t.Helper()
	s, out, _ := clitest.Streams("")
	sink := newSink(s, format, fields...)
	for _, r := range all {
		sink.Add(NewAlert(r))
	}
	require.NoError(t, sink.Close([]engine.Suspension{suspended}, nil))
	return out.String()
}

func TestText(t *testing.T) {
	assert.Equal(t, `2026-03-01T10:00:00.005Z [high] Who
  event 7 at e.ndjson:3; true: a, b
  host: PC7
  log: Security, EventID 4688
  ✓ a: Image endswith "\who.exe" ← C:\who.exe
  ✓ b: parent's CommandLine contains " /c" ← cmd /c\u202e (event 3)
  ancestor 1: cmd.exe  cmd /c (the event)
  reputation known: no
  reputation signer: none
  ATT&CK: privilege-escalation, T1059.001
  rule: rules/r.yml:1 (Who-id)
`, written(t, "text", nil, match(rule("Who", "high", 1), "7")))
	nothing := engine.Result{Rule: rule("Who", "", 1), Event: &event.Event{Source: "e", Line: 1}}
	assert.Contains(t, written(t, "text", nil, nothing), "no time [no level] Who\n  event at e:1; true: \n")
	assert.Equal(t, "2026-03-01T10:00:00.005Z [high] Who\n  host: PC7\n  status: \n", written(t, "text", []string{"host", "status"}, match(rule("Who", "high", 1), "7")))
}

func TestTextOnATerminal(t *testing.T) {
	s, out, _ := clitest.Streams("")
	s.OutTerminal, s.Columns = true, 80
	r := match(rule(strings.Repeat("A long title ", 9), "high", 1), "7")
	r.Evidence[0].Values = []string{strings.Repeat("日", 300)}
	newSink(s, "text").Add(NewAlert(r))
	assert.Contains(t, out.String(), "[\x1b[31mhigh\x1b[0m] A long")
	for line := range strings.Lines(strings.NewReplacer("\x1b[31m", "", "\x1b[0m", "").Replace(out.String())) {
		assert.LessOrEqual(t, uniseg.StringWidth(line), 80, line)
	}
}

func TestLongValuesAreCutAroundWhatWasFound(t *testing.T) {
	long := strings.Repeat("a", 5000) + "needle" + strings.Repeat("b", 5000)
	r := match(rule("Who", "high", 1), "7")
	r.Evidence = []engine.Evidence{{Name: "a", Field: "ScriptBlockText", Test: `contains "needle"`, Values: []string{long}, At: []int{5000}}}
	text := written(t, "text", nil, r)
	assert.Contains(t, text, "needle")
	assert.Contains(t, text, "…a")
	assert.Contains(t, text, "b…")
	assert.Less(t, len(text), 1000)
	assert.Contains(t, written(t, "json", nil, r), long, "whole in JSON")
	for _, c := range []struct{ at, from int }{{0, 0}, {9999, 9900}} {
		assert.Contains(t, shorten(fmt.Sprintf("%010000d", 1), c.at, 100), "0")
	}
}

func TestCorrelationsShowWhatTheyCounted(t *testing.T) {
	window := &correlate.Window{Group: []event.Fact{{Name: "User", Value: "ann"}}, Count: shownCounted + 2, First: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Format(time.RFC3339)}
	for i := range shownCounted {
		window.Events = append(window.Events, correlate.Member{Rule: "base", ID: fmt.Sprint(i), Source: "e.ndjson", Line: i})
	}
	r := match(rule("Twice", "low", 1), "7")
	r.Correlated, r.Evidence = window, nil
	text := written(t, "text", nil, r)
	assert.Contains(t, text, "event 7 at e.ndjson:3; the last of 12 matches since 2026-03-01T00:00:00Z\n  grouped by User: ann\n  counted base: event 0 at e.ndjson:0\n")
	assert.Contains(t, text, "  and 2 more\n")
	assert.Contains(t, written(t, "csv", []string{"correlated"}, r), "12 since 2026-03-01T00:00:00Z ¦ User: ann")
}

func TestJSON(t *testing.T) {
	nameless := match(rule("Who", "high", 1), "8")
	nameless.Names = nil
	out := written(t, "json", nil, match(rule("Who", "high", 1), "7"), nameless)
	var all []map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &all))
	require.Len(t, all, 3)
	assert.True(t, strings.HasPrefix(out, "[\n  {\n    \"time\": \"2026-03-01T10:00:00.005Z\""), "the time comes first")
	for key, want := range map[string]any{
		"rule_id": "Who-id", "rule_file": "rules/r.yml", "host": "PC7", "channel": "Security", "event_code": "4688",
		"tactics": []any{"privilege-escalation"}, "techniques": []any{"T1059.001"},
	} {
		assert.Equal(t, want, all[0][key], key)
	}
	assert.Equal(t, []any{}, all[1]["names"], "a list, not null")
	assert.Equal(t, map[string]any{"rule": "Slow", "rule_id": "Slow-id", "level": "low", "event_id": "5", "source": "e.ndjson", "line": 5.0, "suspended": "too many steps"}, all[2])
	assert.Contains(t, out, `"<x>"`, "text is not escaped for HTML")
	s, empty, _ := clitest.Streams("")
	require.NoError(t, newSink(s, "json").Close(nil, nil))
	assert.Equal(t, "[]\n", empty.String())
}

func TestNDJSONHasAMatchALine(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(written(t, "ndjson", nil, match(rule("Who", "high", 1), "7"), match(rule("Who", "high", 1), "8"))), "\n")
	require.Len(t, lines, 3)
	for _, line := range lines {
		assert.True(t, json.Valid([]byte(line)), line)
		assert.NotContains(t, line, "\u202e")
	}
	assert.Contains(t, lines[2], "too many steps")
	assert.Equal(t, `{"host":"PC7","evidence":null,"Nothing":null}`, strings.SplitN(written(t, "ndjson", []string{"host", "evidence", "Nothing"},
		engine.Result{Rule: rule("Who", "high", 1), Event: &event.Event{}, Facts: []event.Fact{{Name: "host", Value: "PC7"}}}), "\n", 2)[0])
	assert.Contains(t, written(t, "json", nil, engine.Result{Rule: rule("Who", "high", 1), Event: &event.Event{}}), `"facts": [],`, "a match without facts has a list of them")
}

// rows reads CSV.
func rows(t *testing.T, text string) [][]string {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	return all
}

func TestCSV(t *testing.T) {
	all := rows(t, written(t, "csv", nil, match(rule("Who", "high", 1), "7")))
	require.Len(t, all, 2)
	assert.Equal(t, "time", all[0][0])
	assert.Equal(t, []string{"2026-03-01T10:00:00.005Z", "high", "Who", "PC7", "", "Security", "4688", "7", "privilege-escalation", "T1059.001",
		`a: Image endswith "\who.exe" = C:\who.exe ¦ b: parent's CommandLine contains " /c" = cmd /c\u202e`, "1: cmd.exe  cmd /c", "", "Who-id", "rules/r.yml", "", "e.ndjson", "3"}, all[1])
	all = rows(t, written(t, "csv", []string{"level", "time"}, match(rule("Who", "high", 1), "7")))
	assert.Equal(t, [][]string{{"level", "time"}, {"high", "2026-03-01T10:00:00.005Z"}}, all)
}

func TestTimeline(t *testing.T) {
	all := rows(t, written(t, "timeline", nil, match(rule("Who", "high", 1), "7")))
	require.Len(t, all, 2)
	got := map[string]string{}
	for i, name := range all[0] {
		got[name] = all[1][i]
	}
	assert.Equal(t, "Timestamp", all[0][0])
	assert.Equal(t, map[string]string{
		"Timestamp": "2026-03-01T10:00:00.005Z", "RuleTitle": "Who", "Level": "high", "Computer": "PC7", "Channel": "Security", "EventID": "4688",
		"MitreTactics": "privilege-escalation", "MitreTags": "T1059.001", "RecordID": "7", "Details": `Image: C:\who.exe ¦ parent's CommandLine: cmd /c\u202e`,
		"RuleFile": "r.yml", "EvtxFile": "e.ndjson", "message": `Who: Image: C:\who.exe ¦ parent's CommandLine: cmd /c\u202e`,
		"datetime": "2026-03-01T10:00:00.005Z", "timestamp_desc": "Event time",
	}, got)
}

func TestCellsAreNoFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "＝1": "'＝1", "\t=1": `\t=1`, "a=1": "a=1", "": "", "\r\n=1": `\r\n=1`,
	} {
		assert.Equal(t, want, cell(text))
	}
}

func TestSorted(t *testing.T) {
	s, out, _ := clitest.Streams("")
	sink := &sorted{to: newSink(s, "csv", "event_id", "Number"), room: 1 << 20}
	for i, at := range []string{"2026-03-02T00:00:00.000Z", "", "2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z"} {
		sink.Add(Alert{Time: at, EventID: fmt.Sprint(i), Fields: map[string]string{"Number": "12345678901234567890"}, of: &event.Event{}})
	}
	require.NoError(t, sink.Close(nil, nil))
	assert.Equal(t, "event_id,Number\n2,12345678901234567890\n0,12345678901234567890\n3,12345678901234567890\n1,12345678901234567890\n", out.String())
	full := &sorted{to: newSink(s, "csv"), room: 10}
	full.Add(Alert{of: &event.Event{}})
	full.Add(Alert{of: &event.Event{}})
	assert.EqualError(t, full.Close(nil, nil), "1 matches that are to be sorted by time fill half of --max-memory: raise it, or leave out --sort and --suppress")
}

// TestExcerpt counts letters, not bytes.
func TestExcerpt(t *testing.T) {
	text := strings.Repeat("é", 5) + "日本" + strings.Repeat("é", 5)
	for _, c := range []struct {
		at, most int
		want     string
	}{
		{0, 12, text}, {0, 4, "éééé…"}, {5, 4, "…é日本é…"}, {11, 4, "…éééé"}, {99, 1, "…é"}, {5, 0, "……"},
	} {
		assert.Equal(t, c.want, Excerpt(text, c.at, c.most), "%d %d", c.at, c.most)
	}
}

// TestChosenFieldsAreThoseOfTheWholeMatch: each member has the value that it has in the whole match, or is null.
func TestChosenFieldsAreThoseOfTheWholeMatch(t *testing.T) {
	for _, a := range []Alert{NewAlert(match(rule("A", "high", 3), "7")), {of: &event.Event{}, Reputation: map[string]string{}, Tags: []string{}}} {
		text, err := diag.JSON(WithEvent(a, a))
		require.NoError(t, err)
		var whole map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(text, &whole))
		for name := range jsonMembers {
			want := `{"` + name + `":null}`
			if value, ok := whole[name]; ok {
				want = `{"` + name + `":` + string(value) + `}`
			}
			got, err := diag.JSON(chosen{a, []string{name}})
			require.NoError(t, err)
			assert.Equal(t, want, string(got))
		}
		assert.Len(t, jsonMembers, 26)
	}
}

package alerts

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

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
	at := diag.Range{File: "r.yml", Start: diag.Position{Line: line}}
	return &ir.Rule{Source: &rules.Rule{Title: title, ID: title + "-id", Level: level, Range: at}}
}

func match(r *ir.Rule, id string) engine.Result {
	return engine.Result{
		Rule: r, EventID: id, Event: &event.Event{Source: "e.ndjson", Line: 3, Fields: map[string]any{"Image": "<x>"}},
		Facts: []event.Fact{{Name: "host", Value: "PC7"}}, Names: []string{"a", "b"},
		Ancestors:  []lineage.Ancestor{{Level: 1, Image: "cmd.exe", CommandLine: "cmd /c", From: "the event"}},
		Reputation: map[string]string{"signer": "none", "known": "no"},
	}
}

var suspended = engine.Suspension{Rule: rule("Slow", "low", 9), EventID: "5", Source: "e.ndjson", Line: 5, Reason: "too many steps"}

func TestText(t *testing.T) {
	s, out, _ := clitest.Streams("")
	sink := New(s, "text", false)
	sink.Add(match(rule("Who", "high", 1), "7"))
	require.NoError(t, sink.Close([]engine.Suspension{suspended}, nil))
	assert.Equal(t, `[high] Who
  event 7 at e.ndjson:3; true: a, b
  host: PC7
  ancestor 1: cmd.exe  cmd /c (the event)
  reputation known: no
  reputation signer: none
`, out.String())
	out.Reset()
	s.OutTerminal = true
	New(s, "text", false).Add(match(rule("Who", "high", 1), "7"))
	assert.Contains(t, out.String(), "[\x1b[31mhigh\x1b[0m] Who")
	out.Reset()
	New(s, "text", false).Add(match(rule("Who", "", 1), "7"))
	assert.Contains(t, out.String(), "[no level] Who")
}

func TestCorrelationsShowWhatTheyCounted(t *testing.T) {
	window := &correlate.Window{Group: []event.Fact{{Name: "User", Value: "ann"}}, Count: shownCounted + 2, First: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Format(time.RFC3339)}
	for i := range shownCounted {
		window.Events = append(window.Events, correlate.Member{Rule: "base", ID: fmt.Sprint(i), Source: "e.ndjson", Line: i})
	}
	r := match(rule("Twice", "low", 1), "7")
	r.Correlated = window
	s, out, _ := clitest.Streams("")
	New(s, "text", false).Add(r)
	assert.Contains(t, out.String(), "event 7 at e.ndjson:3; the last of 12 matches since 2026-03-01T00:00:00Z\n  grouped by User: ann\n  counted base: event 0 at e.ndjson:0\n")
	assert.Contains(t, out.String(), "  and 2 more\n")
}

func TestJSON(t *testing.T) {
	s, out, _ := clitest.Streams("")
	sink := New(s, "json", false)
	sink.Add(match(rule("Who", "high", 1), "7"))
	nameless := match(rule("Who", "high", 1), "8")
	nameless.Names = nil
	sink.Add(nameless)
	require.NoError(t, sink.Close([]engine.Suspension{suspended}, nil))
	var all []map[string]any
	require.NoError(t, json.Unmarshal([]byte(out.String()), &all))
	require.Len(t, all, 3)
	assert.Equal(t, "Who-id", all[0]["rule_id"])
	assert.Equal(t, []any{}, all[1]["names"], "a list, not null")
	assert.Equal(t, map[string]any{"rule": "Slow", "rule_id": "Slow-id", "level": "low", "event_id": "5", "source": "e.ndjson", "line": 5.0, "suspended": "too many steps"}, all[2])
	assert.Contains(t, out.String(), `"<x>"`, "text is not escaped for HTML")
	s, out, _ = clitest.Streams("")
	require.NoError(t, New(s, "json", false).Close(nil, nil))
	assert.Equal(t, "[]\n", out.String())
}

func TestSummary(t *testing.T) {
	s, out, _ := clitest.Streams("")
	sink := New(s, "text", true)
	few, many := rule("Few", "low", 1), rule("Many", "high", 5)
	for _, r := range []*ir.Rule{few, many, many} {
		sink.Add(match(r, "7"))
	}
	require.NoError(t, sink.Close([]engine.Suspension{suspended}, []*ir.Rule{few}))
	assert.Equal(t, "MATCHES  LEVEL  RULE\n2        high   Many\n1        low    Few\n0        low    Slow (suspended)\n", out.String())
	s, out, _ = clitest.Streams("")
	sink = New(s, "json", true)
	require.NoError(t, sink.Close([]engine.Suspension{suspended}, []*ir.Rule{few}))
	assert.Contains(t, out.String(), `"warning": "asks for reputation, but there is no --reputation table`)
	assert.Contains(t, out.String(), `"suspended": "`)
	s, out, _ = clitest.Streams("")
	require.NoError(t, New(s, "json", true).Close(nil, nil))
	assert.Equal(t, "[]\n", out.String())
}

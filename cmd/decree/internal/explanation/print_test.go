package explanation

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/cmd/decree/internal/clitest"
	"decree/engine"
	"decree/engine/event"
	"decree/engine/lineage"
)

func explained() engine.Explanation {
	return engine.Explanation{
		Source: "e.ndjson", Line: 3, EventID: "7", LogSource: "process_creation", Matched: true, InLookback: true,
		Facts: []event.Fact{{Name: "host", Value: "PC7"}},
		Condition: &engine.Step{Text: "all of", Holds: true, Steps: []engine.Step{
			{Text: "Image is x", Holds: true, Value: `"x"`}, {Text: "b", From: "the event"}, {Text: "c", Unknown: true},
		}},
	}
}

func shown(t *testing.T, terminal bool, e engine.Explanation) string {
	t.Helper()
	s, out, _ := clitest.Streams("")
	s.OutTerminal = terminal
	Print(s, "Who", e)
	return out.String()
}

func TestTheConditionIsATree(t *testing.T) {
	assert.Equal(t, `Who matches event 7 at e.ndjson:3
  log source: process_creation
  host: PC7

✓ all of
  ✓ Image is x   ← "x"
  ✗ b (the event)
  ? c
`, shown(t, false, explained()))
	assert.Contains(t, shown(t, true, explained()), "\x1b[31m✗\x1b[0m b")
}

func TestWhatElseIsShown(t *testing.T) {
	e := explained()
	e.Matched, e.Unknown, e.InLookback, e.Suspended = false, true, false, "too many steps"
	e.Filter = &engine.Step{Text: "not User is svc", Holds: true}
	e.Ancestors = []lineage.Ancestor{{Level: 1, Image: "cmd.exe", From: "the event"}}
	e.Expr, e.Atoms = "a(0)", []string{"0: Image is x"}
	e.NotAsked = []engine.NotAsked{{LogSource: "security", Field: "Hash"}, {LogSource: "other", Field: "User", Why: "it is in two columns"}}
	text := shown(t, false, e)
	for _, want := range []string{
		"Who is suspended (its regular expressions take too many steps) at event 7",
		"  not run on security: its events lack Hash, which the rule uses to exclude\n",
		"  not run on other, which cannot be asked the test of User: it is in two columns\n",
		"  too many steps\n", "  the event is outside the rule's lookback\n",
		"the environment's filters must hold too:\n  ✓ not User is svc\n",
		"\nancestor 1: cmd.exe (the event)\n", "\nexpr: a(0)\n  0: Image is x\n",
	} {
		assert.Contains(t, text, want)
	}
}

func TestAnEventOfAnotherLogSource(t *testing.T) {
	e := explained()
	e.Matched, e.LogSource, e.OtherLog = false, "", []string{"security: EventID must be 4688, and is missing"}
	assert.Equal(t, "Who does not match event 7 at e.ndjson:3\n  the event is not from the rule's log source\n    security: EventID must be 4688, and is missing\n", shown(t, false, e))
}

package alerts

import (
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
	"decree/engine/event"
	"decree/rules/ir"
)

// summed is a summary of three matches of two rules on two hosts.
func summed(t *testing.T, format string, columns int) string {
	t.Helper()
	s, out, _ := clitest.Streams("")
	s.Columns = columns
	sink := newSummary(s, format)
	few, many := rule("Few", "low", 1), rule("Many", "high", 5)
	for i, r := range []*ir.Rule{few, many, many} {
		m := match(r, "7")
		m.At = m.At.Add(time.Duration(i) * 24 * time.Hour)
		m.Facts = []event.Fact{{Name: "host", Value: fmt.Sprintf("PC%d", i/2)}}
		sink.Add(NewAlert(m))
	}
	require.NoError(t, sink.Close([]engine.Suspension{suspended}, []*ir.Rule{few}))
	return out.String()
}

func TestSummary(t *testing.T) {
	assert.Equal(t, `MATCHES  LEVEL  HOSTS  FIRST                LAST                 TACTIC                RULE
2        high   2      2026-03-02 10:00:00  2026-03-03 10:00:00  privilege-escalation  Many
1        low    1      2026-03-01 10:00:00  2026-03-01 10:00:00  privilege-escalation  Few
0        low    0      -                    -                    privilege-escalation  Slow (suspended)

MATCHES  RULES  HOST
2        2      PC0
1        1      PC1

MATCHES  RULES  DAY
1        1      2026-03-01
1        1      2026-03-02
1        1      2026-03-03
`, summed(t, "text", 0))
}

func TestSummaryFitsATerminal(t *testing.T) {
	narrow := summed(t, "text", 80)
	assert.Contains(t, narrow, "\n  Many\n")
	for line := range strings.Lines(narrow) {
		assert.LessOrEqual(t, uniseg.StringWidth(line), 80, line)
	}
	assert.Equal(t, summed(t, "text", 0), summed(t, "text", 200))
}

func TestSummaryAsJSON(t *testing.T) {
	var all struct {
		Rules       []map[string]any
		Hosts, Days []map[string]any
	}
	require.NoError(t, json.Unmarshal([]byte(summed(t, "json", 0)), &all))
	require.Len(t, all.Rules, 3)
	assert.Equal(t, map[string]any{"rule": "Many", "rule_id": "Many-id", "level": "high", "matches": 2.0, "hosts": 2.0, "first": "2026-03-02T10:00:00.005Z", "last": "2026-03-03T10:00:00.005Z", "tactics": []any{"privilege-escalation"}}, all.Rules[0])
	assert.Contains(t, all.Rules[1]["warning"], "asks for reputation, but there is no --reputation table")
	assert.NotEmpty(t, all.Rules[2]["suspended"])
	assert.Equal(t, map[string]any{"name": "PC0", "matches": 2.0, "rules": 2.0}, all.Hosts[0])
	assert.Len(t, all.Days, 3)
	s, out, _ := clitest.Streams("")
	require.NoError(t, newSummary(s, "json").Close(nil, nil))
	assert.Equal(t, "{\n  \"rules\": [],\n  \"hosts\": [],\n  \"days\": []\n}\n", out.String())
}

func TestManyHostsAreCounted(t *testing.T) {
	s, out, _ := clitest.Streams("")
	sink := newSummary(s, "text")
	for i := range shownCounts + 2 {
		m := match(rule("Who", "high", 1), "7")
		m.Facts, m.At = []event.Fact{{Name: "host", Value: fmt.Sprintf("PC%d", i)}}, time.Time{}
		sink.Add(NewAlert(m))
	}
	require.NoError(t, sink.Close(nil, nil))
	assert.Contains(t, out.String(), "and 2 hosts more\n")
	assert.NotContains(t, out.String(), "DAY")
}

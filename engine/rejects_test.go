package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestRejectsComeInOrder mixes lines that the reader refuses with lines that only a decoder
// does, over several batches: none stops the run, none is lost, whatever the workers do.
func TestRejectsComeInOrder(t *testing.T) {
	hostile := []string{
		"not json", `"text"`, `{"Image":"x","n":01}`, "{\"Image\":\"x\",\"n\":\"\x01\"}", `{"Image":"x","n":"\q"}`, `{"Image":"x"}}`, `{"Image":"x"`,
		`{"Image":"x","n":` + strings.Repeat("[", 250) + strings.Repeat("]", 250) + "}", // deep, and yet an event
		`{"Image":"x","n":` + strings.Repeat("[", 301) + strings.Repeat("]", 301) + "}",
		strings.Repeat("y", 2000), "", "  ",
	}
	var lines []string
	want, matches, blank := []int{}, []string{}, 0
	for i := range 6000 {
		line := fmt.Sprintf(`{"id":%d,"Image":"other"}`, i+1)
		switch h := hostile[i/10%len(hostile)]; {
		case i%10 == 3 && strings.TrimSpace(h) == "":
			line, blank = h, blank+1
		case i%10 == 3 && strings.Count(h, "[") == 250:
			line = strings.Replace(h, "{", fmt.Sprintf(`{"id":%d,`, i+1), 1)
			matches = append(matches, fmt.Sprint(i+1))
		case i%10 == 3:
			line, want = h, append(want, i+1)
		case i%10 == 7:
			line, matches = fmt.Sprintf(`{"id":%d,"Image":"x"}`, i+1), append(matches, fmt.Sprint(i+1))
		}
		lines = append(lines, line)
	}
	rule := lowered.Rule(t, "detection:\n  a: {Image: x}\n  condition: a\n")
	for _, workers := range []int{1, 2, 5} {
		e, found := engine.New([]*ir.Rule{rule}, engine.Options{})
		require.Empty(t, found)
		got := []int{}
		r, err := event.Open("-", event.Options{Stdin: strings.NewReader(strings.Join(lines, "\n")), MaxLine: 1000, OnReject: func(j event.Reject) {
			got = append(got, j.Line)
		}})
		require.NoError(t, err)
		require.NoError(t, e.Run(r, "-", workers, nil))
		results, stats, err := e.Finish()
		require.NoError(t, err)
		var ids []string
		for _, res := range results {
			ids = append(ids, res.EventID)
		}
		assert.Equal(t, want, got)
		assert.True(t, slices.IsSorted(got))
		assert.Equal(t, matches, ids)
		assert.Equal(t, len(want), r.Rejected())
		assert.Equal(t, len(lines)-blank, r.Lines())
		assert.Equal(t, len(lines)-blank-len(want), stats.Events)
	}
}

// TestLinesOfTextLogsComeInOrder: workers read the lines of a text log and find which are none. Events and rejects are
// those of one worker, and in order.
func TestLinesOfTextLogsComeInOrder(t *testing.T) {
	var lines strings.Builder
	var want, bad []int
	for i := range 4000 {
		switch {
		case i%100 == 7:
			lines.WriteString("neither this nor that\n")
			bad = append(bad, i+1)
		case i%100 == 8:
			lines.WriteString("Feb 22 22:14:15 web1 app[1]: {\"message\":\"Failed\"}\n")
			want = append(want, i+1)
		case i%9 == 0:
			fmt.Fprintf(&lines, "Feb 22 22:14:15 web1 sshd[%d]: Failed password\n", i)
			want = append(want, i+1)
		default:
			fmt.Fprintf(&lines, "Feb 22 22:14:15 web1 sshd[%d]: Accepted password%s\n", i, strings.Repeat(" for", i%200))
		}
	}
	rule := lowered.Rule(t, "detection:\n  a: {message|startswith: Failed}\n  condition: a\n")
	for _, workers := range []int{1, 2, 5} {
		e, found := engine.New([]*ir.Rule{rule}, engine.Options{})
		require.Empty(t, found)
		var rejected, matched []int
		r, err := event.Open("-", event.Options{Stdin: strings.NewReader(lines.String()), OnReject: func(j event.Reject) {
			rejected = append(rejected, j.Line)
			assert.Equal(t, "neither this nor that", string(j.Raw))
		}})
		require.NoError(t, err)
		require.NoError(t, e.Run(r, "auth.log", workers, nil))
		results, stats, err := e.Finish()
		require.NoError(t, err)
		for _, res := range results {
			matched = append(matched, res.Event.Line)
		}
		assert.Equal(t, bad, rejected)
		assert.Equal(t, want, matched)
		assert.Equal(t, 4000-len(bad), stats.Events)
	}
}

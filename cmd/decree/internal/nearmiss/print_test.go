package nearmiss

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"decree/cmd/decree/internal/clitest"
	"decree/engine/correlate"
	"decree/engine/event"
	"decree/rules"
	"decree/rules/ir"
)

func of(kind rules.CorrelationType, timespan time.Duration) *ir.Correlation {
	return &ir.Correlation{
		Source: &rules.Correlation{Type: kind}, Timespan: timespan,
		Inputs: []ir.Input{{Name: "first"}, {Name: "second"}}, GroupBy: []ir.Column{{Name: "User"}},
	}
}

func TestPrint(t *testing.T) {
	n := correlate.Progress{
		Correlation: "Spread", Of: of("value_count", 90*time.Minute),
		Inputs: []correlate.InputProgress{{Name: "first", Matches: 1}, {Name: "second", Matches: 12, Ungrouped: 2}},
		Groups: []correlate.GroupProgress{
			{Group: []event.Fact{{Name: "User", Value: "ann"}}, Matches: 2, Value: 3, Count: shownEvents + 1, From: "a", To: "b"},
			{Value: 1, From: "c", To: "d"},
		},
		More: 4,
	}
	n.Of.Values = []ir.Column{{Name: "Host"}}
	n.Of.Bounds = []rules.Bound{{Op: ">=", Value: 3}}
	for i := range shownEvents + 1 {
		n.Groups[0].Events = append(n.Groups[0].Events, correlate.Member{Rule: "second", ID: fmt.Sprint(i), Source: "e", Line: i})
	}
	s, out, _ := clitest.Streams("")
	Print(s, n)
	for _, want := range []string{
		"Spread: value_count of first, second over Host, >= 3, by User, within 1h30m\n  first: 1 match\n  second: 12 matches, 2 in no group\n",
		"  User=ann: 2 matches; one is 3, from a to b\n    second: event 0 at e:0\n", "    and 1 more\n",
		"  no match; the nearest is 1, from c to d\n  and 4 more groups\n",
	} {
		assert.Contains(t, out.String(), want)
	}
}

func TestResult(t *testing.T) {
	lacking := correlate.GroupProgress{Value: 0.5, Lacking: []string{"first", "second"}}
	assert.Equal(t, "0.5", result(of("event_count", time.Hour), lacking))
	assert.Equal(t, "0.5 of 2, without first and second", result(of(rules.Temporal, time.Hour), lacking))
	assert.Equal(t, "0.5 of 2 in order, without first", result(of(rules.TemporalOrdered, time.Hour), lacking))
	lacking.Lacking = nil
	assert.Equal(t, "0.5 of 2", result(of(rules.Temporal, time.Hour), lacking))
	assert.Equal(t, "0.5 of 2 in order", result(of(rules.TemporalOrdered, time.Hour), lacking))
}

func TestTimespansAreShort(t *testing.T) {
	for span, want := range map[time.Duration]string{time.Hour: "1h", 10 * time.Minute: "10m", 90 * time.Second: "1m30s", 50 * time.Second: "50s", 24 * time.Hour: "24h"} {
		assert.Contains(t, summary(of("event_count", span)), ", within "+want)
	}
}

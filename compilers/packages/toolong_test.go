package packages_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"decree/compilers"
	"decree/compilers/packages"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// TestTooLong: the longest first_seen is what to shorten, if nothing else reads as far back.
func TestTooLong(t *testing.T) {
	const day = 24 * time.Hour
	over := func(line int) diag.Range { return diag.Range{File: "a.yml", Start: diag.Position{Line: line, Col: 1}} }
	rule := &rules.Rule{Range: over(1), FirstSeen: []rules.FirstSeen{{Over: time.Hour, OverRange: over(2)}, {Over: 14 * day, OverRange: over(3)}}}
	for _, c := range []struct {
		reach, excess time.Duration
		joins         []rules.Join
		correlation   *ir.Correlation
		line          int
		hint          string
	}{
		{14 * day, time.Hour, nil, nil, 3, "write `over: 13d`"},
		{14 * day, day, nil, nil, 3, "write `over: 13d`"},
		{14 * day, day + time.Minute, nil, nil, 3, "write `over: 12d`"},
		{14*day + time.Hour, 2 * time.Hour, []rules.Join{{After: time.Hour}}, nil, 3, "write `over: 13d`"},
		{14 * day, 14*day - 90*time.Minute, nil, nil, 3, "write `over: 1h`"},
		{14 * day, 14*day - time.Minute, nil, nil, 3, "write `over: 1m`"},
		{14 * day, 14 * day, nil, nil, 1, "shorten the lookback or the timespan"},
		{15 * day, day, nil, nil, 1, "shorten the lookback or the timespan"},
		{14 * day, day, nil, &ir.Correlation{}, 1, "shorten the lookback or the timespan"},
	} {
		rule.Joins = c.joins
		in := packages.Input{Rule: rule, Correlation: c.correlation, Query: &compilers.Query{Result: &compilers.Result{Reach: c.reach}}}
		at, hint := packages.TooLong(in, c.excess)
		assert.Equal(t, over(c.line), at, c.hint)
		assert.Equal(t, c.hint, hint)
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0m", 14 * 24 * time.Hour: "14d", 338 * time.Hour: "14d 2h", 90 * time.Minute: "1h 30m", 61 * time.Second: "2m"} {
		assert.Equal(t, want, packages.Span(d))
	}
}

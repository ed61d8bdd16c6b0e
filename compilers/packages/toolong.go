package packages

import (
	"fmt"
	"strings"
	"time"

	"decree/rules"
	"decree/rules/diag"
)

// TooLong says where a query reads further back than its product shows it, by excess, and what to write instead: the
// greatest `over` of first_seen in whole days, hours or minutes that fits. If first_seen is not what reads so far back,
// the place is the schedule's.
func TooLong(in Input, excess time.Duration) (at diag.Range, hint string) {
	var longest rules.FirstSeen
	for _, f := range in.Rule.FirstSeen {
		if f.Over > longest.Over {
			longest = f
		}
	}
	var after time.Duration // which the joins add to what the query reads
	for _, j := range in.Rule.Joins {
		after = max(after, j.After)
	}
	fits := longest.Over - excess
	for _, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute} {
		if in.Correlation == nil && longest.Over+after == in.Query.Result.Reach && fits >= unit {
			return longest.OverRange, fmt.Sprintf("write `over: %s`", Units(fits.Truncate(unit), unit))
		}
	}
	return in.Rule.Key("schedule", -1), "shorten the lookback or the timespan"
}

// Span writes a duration in all its units, for people: 14d, 14d 2h, 1h 30m. Parts of a minute are rounded up.
func Span(d time.Duration) string {
	d = (d + time.Minute - 1).Truncate(time.Minute)
	var parts []string
	for _, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute} {
		if n := d / unit; n > 0 {
			parts = append(parts, fmt.Sprintf("%d%s", n, unitNames[unit]))
			d %= unit
		}
	}
	if len(parts) == 0 {
		return "0m"
	}
	return strings.Join(parts, " ")
}

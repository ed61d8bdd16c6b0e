package packages

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// DefaultSchedule is that of a rule without one: every hour, over the last hour. Each event is then reported once.
var DefaultSchedule = rules.Schedule{Every: time.Hour, Lookback: time.Hour}

// WithSchedule completes a rule's schedule from a default. A rule that only says how often it runs looks back as far as
// that; one that only says how far back it looks runs as often as the default, but not more rarely than it looks back.
func WithSchedule(s, otherwise rules.Schedule) rules.Schedule {
	switch {
	case s.Every > 0:
		s.Lookback = cmp.Or(s.Lookback, s.Every)
	case s.Lookback > 0:
		s.Every = min(otherwise.Every, s.Lookback)
	default:
		return otherwise
	}
	return s
}

// Delay is how long before now a query ends that chooses by the time of events: a sixth of what is between two runs,
// from 1 to 10 minutes. Splunk's own detections, which run hourly, have 10.
func Delay(s rules.Schedule) time.Duration {
	return max(time.Minute, min(10*time.Minute, (s.Every/6).Truncate(time.Minute)))
}

// CorrelationDelay is that of a query of KQL. It chooses events by when they arrived, but a correlation's matches by
// their own time. There is none if a schedule that looks back longer than to its last run leaves late events time
// itself.
func CorrelationDelay(in Input) time.Duration {
	if in.Correlation == nil || in.Rule.Schedule.Lookback > in.Rule.Schedule.Every {
		return 0
	}
	return Delay(in.Rule.Schedule)
}

// TellRepeats says that a product alerts again in each run that sees an event, if a rule that does not suppress looks
// back longer than until its last run. What a query that is written by hand sees is not known.
func TellRepeats(in Input, every time.Duration, product string) diag.Diagnostics {
	lookback := in.Query.Result.Lookback
	if lookback <= every || in.Rule.Suppress != nil || in.Query.Written != nil {
		return nil
	}
	return diag.Diagnostics{Told("package-repeats", in.Rule.Key("schedule", -1), "let `lookback` be as long as `every`, or write `suppress`",
		"each run looks back %s and the next one comes after %s: %s alerts again in each run that sees an event", Span(lookback), Span(every), product)}
}

// ISO writes a duration as ISO 8601 does: PT1H, P1D, PT1H30M. Parts of a second are left out.
func ISO(d time.Duration) string {
	if d%(24*time.Hour) == 0 && d > 0 {
		return fmt.Sprintf("P%dD", d/(24*time.Hour))
	}
	var b strings.Builder
	b.WriteString("PT")
	for _, part := range []struct {
		unit time.Duration
		name string
	}{{time.Hour, "H"}, {time.Minute, "M"}, {time.Second, "S"}} {
		if n := d / part.unit; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, part.name)
			d %= part.unit
		}
	}
	if b.Len() == 2 {
		return "PT0S"
	}
	return b.String()
}

// Units writes a duration as a number and a unit: the largest of those named that divides it, or else the smallest,
// rounded up. The units are of a day (d), an hour (h), a minute (m) and a second (s), from large to small.
func Units(d time.Duration, units ...time.Duration) string {
	smallest := units[len(units)-1]
	for _, unit := range units {
		if d%unit == 0 {
			return fmt.Sprintf("%d%s", d/unit, unitNames[unit])
		}
	}
	return fmt.Sprintf("%d%s", (d+smallest-1)/smallest, unitNames[smallest])
}

var unitNames = map[time.Duration]string{24 * time.Hour: "d", time.Hour: "h", time.Minute: "m", time.Second: "s"}

// ScheduledRule is a rule whose schedule is complete: its query is compiled from that.
func ScheduledRule(r *ir.Rule, otherwise rules.Schedule) *ir.Rule {
	out, source := *r, *r.Source
	source.Schedule = WithSchedule(source.Schedule, otherwise)
	out.Source = &source
	return &out
}

// ScheduledCorrelation is a correlation whose schedule is complete.
func ScheduledCorrelation(c *ir.Correlation, otherwise rules.Schedule) *ir.Correlation {
	out, source, body := *c, *c.Source, *c.Source.Body
	body.Schedule = WithSchedule(body.Schedule, otherwise)
	source.Body = &body
	out.Source = &source
	return &out
}

package sentinel

import (
	"time"

	"decree/compilers/packages"
	"decree/rules"
)

// Limits of a schedule: ScheduledTemplateInternalModel.cs, and
// https://learn.microsoft.com/en-us/azure/sentinel/scheduled-rules-overview
const (
	shortestPeriod = 5 * time.Minute
	longestPeriod  = 14 * 24 * time.Hour
	// longPeriod is a period for which a rule may not run more often than hourly.
	longPeriod = 2 * 24 * time.Hour
)

// lateArrival is how much later than its own time an event may arrive and still be found. The query chooses events by
// when they arrived, and Sentinel shows it only those whose own time is in the period.
// https://learn.microsoft.com/en-us/azure/sentinel/ingestion-delay
const lateArrival = time.Hour

// Delay is how long before now the query of a correlation ends.
func (format) Delay(in packages.Input) time.Duration { return packages.CorrelationDelay(in) }

// Shows is the longest period of a rule that runs so often.
func (format) Shows(s rules.Schedule) time.Duration {
	if s.Every < time.Hour {
		return longPeriod - time.Minute
	}
	return longestPeriod
}

// window is how often a rule runs, and how far back Sentinel lets it see.
type window struct{ every, period time.Duration }

// chooseKind sets the kind and the schedule. A rule runs near real time if it or the project asks for that and its
// query allows it.
func (a *analyticsRule) chooseKind() {
	r, result := a.in.Rule, a.in.Query.Result
	a.kind = scheduled
	at := r.Key("schedule", -1)
	asks := r.Schedule.Every < shortestPeriod
	written := a.in.Query.Written != nil
	if asks && written {
		a.found = append(a.found, packages.Told("package-unchecked", at, "compare it with what the product allows in a rule of the kind NRT", "the query is written by hand: decree does not check that it can run near real time"))
	}
	if asks && written || (asks || a.settings.NearRealTime) && len(result.Tables) == 1 && !result.Combines && len(a.in.Query.Assets) == 0 {
		a.kind = nearRealTime
		return
	}
	if asks {
		a.found.Errorf("package-schedule", at, "let it run every 5 minutes or more rarely", "Sentinel runs a rule every 5 minutes at most, and near real time only a query of conditions on one table")
		return
	}
	if a.settings.NearRealTime {
		a.found.Warnf("package-near-real-time", at, "remove `near_real_time` from the target, or let the rule read one table", "near real time Sentinel runs only a query of conditions on one table: the rule is run on a schedule")
	}
	a.chooseWindow()
	a.checkWindow()
}

// chooseWindow sets the schedule: the rule's own, and a period in which events may arrive late if Sentinel allows it.
func (a *analyticsRule) chooseWindow() {
	result := a.in.Query.Result
	a.window = window{every: a.in.Rule.Schedule.Every, period: result.Lookback + result.Reach}
	late := a.window.period + lateArrival
	if a.in.Query.Written == nil && late <= longestPeriod && (late < longPeriod || a.window.every >= time.Hour) {
		a.window.period = late
	}
}

// checkWindow reports a schedule that Sentinel refuses or that leaves out events. The period is at least as long as the
// time between two runs.
func (a *analyticsRule) checkWindow() {
	at := a.in.Rule.Key("schedule", -1)
	w := &a.window
	switch {
	case w.every > longestPeriod:
		a.found.Errorf("package-schedule", at, "let it run more often", "Sentinel runs a rule at least every 14 days, not every %s", short(w.every))
	case w.period > longestPeriod:
		at, hint := packages.TooLong(a.in, w.period-longestPeriod)
		a.found.Errorf("package-schedule", at, hint, "the query reads %s, and Sentinel shows it %s", packages.Span(w.period), packages.Span(longestPeriod))
	case w.period >= longPeriod && w.every < time.Hour:
		a.found.Errorf("package-schedule", at, "let it run every hour, or shorten the lookback or the timespan", "the query reads %s: Sentinel runs such a rule every hour at most, not every %s", packages.Span(w.period), short(w.every))
	default:
		a.found = append(a.found, packages.TellRepeats(a.in, w.every, "Sentinel")...)
	}
	if w.period < w.every {
		w.period = w.every
		a.found.Warnf("package-schedule", at, "let `lookback` be as long as `every`", "the rule runs every %s and looks back %s: what comes between is not found", short(w.every), short(a.in.Query.Result.Lookback))
	}
}

// short writes a duration as the YAML form does: a number and a unit.
func short(d time.Duration) string { return packages.Units(d, 24*time.Hour, time.Hour, time.Minute) }

// iso is a duration as the REST API takes it.
func iso(d time.Duration) string { return packages.ISO((d + time.Minute - 1).Truncate(time.Minute)) }

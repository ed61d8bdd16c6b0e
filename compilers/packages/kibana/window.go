package kibana

import (
	"time"

	"decree/compilers/packages"
)

// shortestInterval is how often a rule may run: xpack.alerting.rules.minimumScheduleInterval, unless it is set.
// https://www.elastic.co/docs/reference/kibana/configuration-reference/alerting-settings
const shortestInterval = time.Minute

// overlap is how much further back each run looks than the one before it ended, for runs that start late. Elastic
// recommends a minute at least, and its own rules have four. An event that two runs find is one alert.
// https://www.elastic.co/docs/solutions/security/detect-and-alert/create-detection-rule
const overlap = 5 * time.Minute

// ingested is the field by which events are chosen: when they arrived. An event that arrives late is found all the
// same.
// https://www.elastic.co/docs/solutions/security/detect-and-alert/create-detection-rule
const ingested = "event.ingested"

// chooseWindow sets how often the rule runs, and how far back it looks: over the reported period, and what the query
// needs before it, such as the timespan of a sequence.
func (d *detection) chooseWindow() {
	r, result := d.in.Rule, d.in.Query.Result
	at, every, period := r.Key("schedule", -1), r.Schedule.Every, result.Lookback
	if d.settings.NearRealTime {
		d.found = append(d.found, packages.Told("package-schedule", at, "write `schedule: {every: 1m}` at the rule", "Kibana has no rules that run as events arrive: the rule runs every %s", short(max(every, shortestInterval))))
	}
	if period < every {
		d.found.Warnf("package-schedule", at, "let `lookback` be as long as `every`", "the rule runs every %s and looks back %s: in Kibana it looks back %s, so that nothing between two runs is lost",
			short(every), short(period), short(every))
		period = every
	}
	if every < shortestInterval {
		d.found.Warnf("package-schedule", at, "let it run every minute or more rarely", "Kibana runs a rule every minute at most, not every %s: it runs every minute", every)
		every, period = shortestInterval, max(period, shortestInterval)
	}
	if d.in.Query.Written == nil { // else the rule says itself how far back each run looks
		period += result.Reach + overlap
	}
	d.rule.Interval, d.rule.From, d.rule.To = short(every), "now-"+short(period), "now"
	d.rule.TimestampOverride = ingested
}

// short writes a duration as a number and a unit, of those that all of Kibana's forms have: s, m, h. Parts of a second
// are rounded up.
func short(d time.Duration) string { return packages.Units(d, time.Hour, time.Minute, time.Second) }

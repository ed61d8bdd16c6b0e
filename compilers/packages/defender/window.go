package defender

import (
	"fmt"
	"time"

	"decree/compilers/packages"
	"decree/rules"
)

const day = 24 * time.Hour

// frequencies are how often a rule may run, and how far back the product then shows it events. They are sorted.
// https://learn.microsoft.com/en-us/defender-xdr/custom-detection-rules#rule-frequency
var frequencies = []struct{ every, shows time.Duration }{
	{time.Hour, 4 * time.Hour}, {3 * time.Hour, 12 * time.Hour}, {12 * time.Hour, 48 * time.Hour}, {day, longestView},
}

// longestView is how far back the product shows events to any rule.
const longestView = 30 * day

// frequency is where a schedule stands in frequencies: the next that is shorter.
func frequency(every time.Duration) (i int) {
	for i < len(frequencies)-1 && frequencies[i+1].every <= every {
		i++
	}
	return i
}

// Delay is how long before now the query of a correlation ends.
func (format) Delay(in packages.Input) time.Duration { return packages.CorrelationDelay(in) }

// Shows is how far back a rule sees that runs so often.
func (format) Shows(s rules.Schedule) time.Duration { return frequencies[frequency(s.Every)].shows }

// chooseFrequency sets how often the rule runs: as it asks, or else the next time that is shorter. Where that shows it
// too few events, it runs more rarely, if it looks back far enough to miss none.
func (d *detection) chooseFrequency() {
	r, result := d.in.Rule, d.in.Query.Result
	at, every, reads := r.Key("schedule", -1), r.Schedule.Every, result.Lookback+result.Reach
	if d.settings.NearRealTime {
		d.found.Warnf("package-near-real-time", at, "remove `near_real_time` from the target", "near real time Defender runs only a part of KQL, to which this query may not keep: the rule is run on a schedule")
	}
	if reads > longestView {
		at, hint := packages.TooLong(d.in, reads-longestView)
		d.found.Errorf("package-schedule", at, hint, "the query reads %s, and Defender shows it %s", packages.Span(reads), packages.Span(longestView))
		return
	}
	wanted := frequency(every)
	chosen := wanted
	for chosen < len(frequencies)-1 && frequencies[chosen].shows < reads {
		chosen++
	}
	d.frequency = frequencies[chosen].every
	switch {
	case result.Lookback < d.frequency && chosen > wanted:
		d.found.Errorf("package-schedule", at, fmt.Sprintf("write `schedule: {every: %s}`", long(d.frequency)),
			"the query reads %s, and Defender shows it %s if it runs every %s", packages.Span(reads), packages.Span(frequencies[wanted].shows), long(frequencies[wanted].every))
	case result.Lookback < d.frequency && every < d.frequency:
		d.found.Errorf("package-schedule", at, "let it look back 1 hour or more", "Defender runs a rule every hour at most, and this one looks back %s: what comes between is not found", long(result.Lookback))
	case result.Lookback < d.frequency:
		d.found.Warnf("package-schedule", at, "let `lookback` be as long as `every`", "the rule runs every %s and looks back %s: what comes between is not found", long(every), long(result.Lookback))
	case d.frequency > every:
		d.found.Warnf("package-frequency", at, "ask for 1h, 3h, 12h or 1d, or shorten the lookback or the timespan", "Defender runs the rule every %s, not every %s: it finds the same, later", long(d.frequency), long(every))
	case d.frequency < every && result.Lookback > d.frequency:
		d.found.Warnf("package-frequency", at, "ask for 1h, 3h, 12h or 1d", "Defender runs the rule every %s, not every %s, and each run looks back %s: it finds the same event several times", long(d.frequency), long(every), long(result.Lookback))
	case d.frequency < every:
		d.found = append(d.found, packages.Told("package-frequency", at, "ask for 1h, 3h, 12h or 1d", "Defender runs the rule every %s, not every %s", long(d.frequency), long(every)))
	}
}

// long writes a duration in its largest whole unit.
func long(d time.Duration) string {
	if d%time.Minute != 0 {
		return d.String()
	}
	return packages.Units(d, day, time.Hour, time.Minute)
}

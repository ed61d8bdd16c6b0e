package splunk

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"decree/compilers/packages"
)

const day = 24 * time.Hour

// periods are how often cron can run a search evenly: a part of an hour, of a day or of a week.
var periods = []time.Duration{
	7 * day, day, 12 * time.Hour, 8 * time.Hour, 6 * time.Hour, 4 * time.Hour, 3 * time.Hour, 2 * time.Hour, time.Hour,
	30 * time.Minute, 20 * time.Minute, 15 * time.Minute, 12 * time.Minute, 10 * time.Minute, 6 * time.Minute, 5 * time.Minute, 4 * time.Minute, 3 * time.Minute, 2 * time.Minute, time.Minute,
}

// Delay is how long before now a search ends.
func (format) Delay(in packages.Input) time.Duration { return packages.Delay(in.Rule.Schedule) }

// chooseWindow sets when the search runs and how far back it sees. The query limits itself to the same period.
func (s *search) chooseWindow() {
	r, result := s.in.Rule, s.in.Query.Result
	at, every := r.Key("schedule", -1), r.Schedule.Every
	if s.settings.NearRealTime {
		s.found = append(s.found, packages.Told("package-schedule", at, "write `schedule: {every: 1m}` at the rule", "in Splunk a search that runs as events arrive takes a processor for itself: the rule runs every %s", short(every)))
	}
	period := periods[len(periods)-1]
	if i := slices.IndexFunc(periods, func(p time.Duration) bool { return p <= every }); i >= 0 {
		period = periods[i]
	}
	if period != every {
		s.found.Warnf("package-schedule", at, "choose a part of an hour, of a day or of a week", "cron cannot run a search every %s: it runs every %s", short(every), short(period))
	}
	if result.Lookback < period {
		s.found.Warnf("package-schedule", at, "let `lookback` be as long as `every`", "the rule runs every %s and looks back %s: what comes between is not found", short(period), short(result.Lookback))
	}
	s.keep(packages.TellRepeats(s.in, period, "Splunk"))
	delay := format{}.Delay(s.in)
	s.cron, s.earliest, s.latest = cron(period, s.id), "-"+short(result.Lookback+result.Reach+delay), "-"+short(delay)
	if s.in.Query.Written != nil { // the rule says itself how far back it looks
		s.earliest, s.latest = "-"+short(result.Lookback), "now"
	}
	s.window = "auto"
	if period == time.Minute {
		s.window = "0" // as savedsearches.conf.spec advises
	}
}

// cron is a schedule of a period. Searches start at different minutes, each always at its own: the id chooses it. So
// Splunk's allow_skew is not needed.
// https://docs.splunk.com/Documentation/Splunk/latest/Admin/Savedsearchesconf (cron_schedule)
func cron(period time.Duration, id string) string {
	sum := sha256.Sum256([]byte(id))
	offset := time.Duration(binary.BigEndian.Uint32(sum[:4])%uint32(period/time.Minute)) * time.Minute
	minute, hour, weekday := "*", "*", "*"
	switch {
	case period == time.Minute:
	case period < time.Hour:
		minute = steps(int(offset/time.Minute), int(period/time.Minute), 60)
	default:
		minute = strconv.Itoa(int(offset % time.Hour / time.Minute))
	}
	switch {
	case period <= time.Hour:
	case period < day:
		hour = steps(int(offset/time.Hour), int(period/time.Hour), 24)
	default:
		hour = strconv.Itoa(int(offset % day / time.Hour))
	}
	if period > day {
		weekday = strconv.Itoa(int(offset / day))
	}
	return fmt.Sprintf("%s %s * * %s", minute, hour, weekday)
}

// steps lists numbers from one on, as far apart as step, below a bound.
func steps(from, step, bound int) string {
	var all []string
	for n := from; n < bound; n += step {
		all = append(all, strconv.Itoa(n))
	}
	return strings.Join(all, ",")
}

// short writes a duration as Splunk reads one, in settings of searches and of throttling: a number and a unit.
func short(d time.Duration) string { return packages.Units(d, time.Hour, time.Minute, time.Second) }

// Package timestamp reads times as products export them. In: a text. Out: the time in UTC, and whether day and month
// could also be swapped. What must stay true: a text that is not a time is never read as one.
package timestamp

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// commonTimes are tried first: nearly all events have one of them.
var commonTimes = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999"}

// Dates and times of day as products write them, once commas, at signs and the zone are gone. A fraction after the
// seconds needs no layout of its own: https://pkg.go.dev/time#Parse
var (
	dateLayouts = []string{"2006-1-2", "2006/1/2", "2.1.2006", "20060102", "Jan 2 2006", "January 2 2006", "2 Jan 2006", "2 January 2006", "2-Jan-2006", "2/Jan/2006"}
	monthFirst  = []string{"1/2/2006", "1-2-2006"}
	dayFirst    = []string{"2/1/2006", "2-1-2006"}
	clocks      = []string{" 15:04:05", "T15:04:05", " 3:04:05 PM", " 3:04:05PM", " 15:04", "T15:04", " 3:04 PM", "", ":15:04:05", "T150405", "150405"}
	yearLast    = []string{"Jan 2 15:04:05 2006", "Jan 2 15:04:05 UTC 2006"}

	certainTimes = append(layouts(dateLayouts), yearLast...)
	slashedTimes = [][]string{layouts(monthFirst), layouts(dayFirst)}
)

func layouts(dates []string) (all []string) {
	for _, date := range dates {
		for _, clock := range clocks {
			all = append(all, date+clock)
		}
	}
	return all
}

var (
	zoned     = regexp.MustCompile(`^(.*[:.,T ]\d+(?: ?[AP]M)?) ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)$`)
	weekday   = regexp.MustCompile(`^(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]* `)
	farYear   = regexp.MustCompile(`^\+?(\d{5,6})(-\d\d-\d\d.*)$`)
	netDate   = regexp.MustCompile(`^\\?/DATE\((-?\d{1,17})(?:[+-]\d{4})?\)\\?/$`)
	wmiDate   = regexp.MustCompile(`^(\d{14}\.\d{6})([+-])(\d{3})$`)
	unpunctus = strings.NewReplacer(", ", " ", " @ ", " ", "\u202f", " ", "\u00a0", " ", "  ", " ")
)

// Parse reads a timestamp. Without a zone it is UTC. guessed says that day and month could also be swapped; the month
// is then read first, as products that write slashes do.
func Parse(s string) (at time.Time, guessed, ok bool) {
	for _, layout := range commonTimes {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), false, true
		}
	}
	if len(s) > maxTime {
		return time.Time{}, false, false
	}
	if t, ok := epoch(s); ok {
		return t, false, true
	}
	s = unpunctus.Replace(strings.ToUpper(strings.TrimSpace(s)))
	if found := netDate.FindStringSubmatch(s); found != nil {
		ms, err := strconv.ParseInt(found[1], 10, 64)
		return time.UnixMilli(ms).UTC(), false, err == nil
	}
	return readWritten(s)
}

// maxTime bounds the length of a text that may be a time.
const maxTime = 64

// readWritten reads a date and a time of day in capitals, without punctuation, and perhaps with a zone.
func readWritten(s string) (at time.Time, guessed, ok bool) {
	zone := time.Duration(0)
	// https://learn.microsoft.com/en-us/windows/win32/wmisdk/cim-datetime
	if found := wmiDate.FindStringSubmatch(s); found != nil {
		minutes, err := strconv.Atoi(found[2] + found[3])
		if err != nil {
			return time.Time{}, false, false
		}
		s, zone = found[1], time.Duration(minutes)*time.Minute
	} else if found := zoned.FindStringSubmatch(s); found != nil {
		s, zone = strings.TrimSpace(found[1]), offset(found[2])
	}
	s = weekday.ReplaceAllString(s, "")
	leap := time.Duration(0)
	if whole, rest, ok := strings.Cut(s, ":60"); ok && strings.Contains(whole, ":") {
		s, leap = whole+":59"+rest, time.Second
	}
	years := 0
	// four digits are read: those of a year whose days are the same
	if found := farYear.FindStringSubmatch(s); found != nil {
		year, err := strconv.Atoi(found[1])
		if err != nil {
			return time.Time{}, false, false
		}
		years = year - (2000 + year%400)
		s = strconv.Itoa(year-years) + found[2]
	}
	t, guessed, ok := readDate(s)
	return t.AddDate(years, 0, 0).Add(leap - zone).UTC(), guessed, ok
}

func readDate(s string) (at time.Time, guessed, ok bool) {
	if t, ok := firstOf(certainTimes, s); ok {
		return t, false, true
	}
	t, month := firstOf(slashedTimes[0], s)
	other, day := firstOf(slashedTimes[1], s)
	switch {
	case month:
		return t, day && !other.Equal(t), true
	case day:
		return other, false, true
	}
	return time.Time{}, false, false
}

func firstOf(layouts []string, s string) (time.Time, bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// offset is how far a zone such as +09, -0330 or +02:00 is from UTC.
func offset(zone string) time.Duration {
	if len(zone) < 3 || (zone[0] != '+' && zone[0] != '-') {
		return 0
	}
	digits := strings.ReplaceAll(zone[1:], ":", "") + "00"
	d := time.Duration(10*(digits[0]-'0')+digits[1]-'0')*time.Hour + time.Duration(10*(digits[2]-'0')+digits[3]-'0')*time.Minute
	if zone[0] == '-' {
		return -d
	}
	return d
}

// Numbers of 18 digits would be nanoseconds of the years before 2001. They are counts of 100 ns instead: Windows'
// FILETIME, since 1601, up to the year 2200, and .NET's ticks, since the year 1, of the years 1970 to 2200.
// https://learn.microsoft.com/en-us/windows/win32/api/minwinbase/ns-minwinbase-filetime
// https://learn.microsoft.com/en-us/dotnet/api/system.datetime.ticks
const (
	filetimeEnd     = 190_000_000_000_000_000
	ticksBegin      = 621_355_968_000_000_000
	ticksEnd        = 694_000_000_000_000_000
	ticksBefore1601 = 504_911_232_000_000_000
	unixIn1601      = -11_644_473_600 // seconds
)

// sinceYear1601 is a count of 100 ns since 1601.
func sinceYear1601(n int64) time.Time {
	const second = 10_000_000
	return time.Unix(unixIn1601+n/second, n%second*100).UTC()
}

// epoch reads seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size: each reaches
// from 1970's first days to beyond the year 5000, but for nanoseconds. Eight or fourteen digits that begin as a year of
// our time are a date instead.
func epoch(s string) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	switch {
	case err != nil || strings.ContainsAny(fraction, "eE"):
		return epochWithExponent(s)
	case n <= 0 && strings.Trim(fraction, "0") == "" || whole[0] == '+' || whole[0] == '-' || strings.Trim(fraction, "0123456789") != "":
		return time.Time{}, false
	case (len(whole) == 8 || len(whole) == 14) && (whole[:2] == "19" || whole[:2] == "20"):
		return time.Time{}, false
	case n < 1e11:
		nanos, err := strconv.ParseInt((fraction + "000000000")[:9], 10, 64)
		return time.Unix(n, nanos).UTC(), err == nil
	case n < 1e14:
		return time.UnixMilli(n).UTC(), true
	case n < 1e17:
		return time.UnixMicro(n).UTC(), true
	case n < filetimeEnd:
		return sinceYear1601(n), true
	case n >= ticksBegin && n < ticksEnd:
		return sinceYear1601(n - ticksBefore1601), true
	}
	return time.Unix(0, n).UTC(), true
}

// epochWithExponent reads a number with an exponent, or of more digits than fit an integer.
func epochWithExponent(s string) (time.Time, bool) {
	f, err := strconv.ParseFloat(s, 64)
	for _, unit := range []struct{ below, micros float64 }{{1e11, 1e6}, {1e14, 1e3}, {1e17, 1}, {1e19, 1e-3}} {
		if err == nil && f > 0 && f < unit.below {
			return time.UnixMicro(int64(f * unit.micros)).UTC(), true
		}
	}
	return time.Time{}, false
}

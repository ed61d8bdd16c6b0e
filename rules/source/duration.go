package source

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// timespanForm is a correlation's timespan in months or years. Their length is that of the reference implementation.
var timespanForm = regexp.MustCompile(`^([1-9][0-9]{0,3})([My])$`)

// Timespan reads a duration, or a number of months or years.
func (f *File) Timespan(n *yaml.Node) time.Duration {
	m := timespanForm.FindStringSubmatch(n.Value)
	if m == nil {
		return f.duration(n, true)
	}
	count, err := strconv.Atoi(m[1])
	length := map[string]time.Duration{"M": 2_629_746 * time.Second, "y": 31_556_952 * time.Second}[m[2]]
	if err != nil || count > int(math.MaxInt64/length) {
		f.Errorf("invalid-duration", f.Span(n), "write a shorter one", "the duration %q is too long", n.Value)
		return 0
	}
	return time.Duration(count) * length
}

var durationForm = regexp.MustCompile(`^([1-9][0-9]*)([smhdw])$`)

// IsDuration tells whether a text has the form of a duration.
func IsDuration(text string) bool { return durationForm.MatchString(text) }

var durationUnits = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}

// longest bounds durations: sums of a few stay within what a time can hold.
const longest = 100 * 365 * 24 * time.Hour

// Duration reads a whole number and a unit: s, m, h, d or w.
func (f *File) Duration(n *yaml.Node) time.Duration { return f.duration(n, false) }

// duration reads a duration. months tells whether M, a month, could stand in its place.
func (f *File) duration(n *yaml.Node, months bool) time.Duration {
	if n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode {
		f.Errorf("invalid-duration", f.Span(n), durationHint("", months), "a duration is one text, not a mapping or a list")
		return 0
	}
	m := durationForm.FindStringSubmatch(n.Value)
	if m == nil {
		f.Errorf("invalid-duration", f.Span(n), durationHint(n.Value, months), "%q is not a duration", n.Value)
		return 0
	}
	unit := durationUnits[m[2]]
	count, err := strconv.Atoi(m[1])
	if err != nil || time.Duration(count) > longest/unit {
		f.Errorf("invalid-duration", f.Span(n), "write a shorter one", "the duration %q is too long: the longest is 100 years", n.Value)
		return 0
	}
	return time.Duration(count) * unit
}

var (
	bareNumber = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)
	// a number and a unit in any case, but M alone is a month
	durationPart = regexp.MustCompile(`^[ ,]*([0-9]{1,9}(?:\.[0-9]{1,9})?) *((?i:s(?:ec(?:ond)?s?)?|min(?:ute)?s?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:(?:ee)?ks?)?)|m)(?:[ ,0-9]|$)`)
	monthPart    = regexp.MustCompile(`[0-9] *M(?:[ ,0-9]|$)`)
)

// durationHint says how to write a duration: as it was meant, where people and other formats write `5 min`, `1.5h`,
// `1h 30m` or `PT1H30M`. months tells whether a number of months could stand in its place.
func durationHint(text string, months bool) string {
	const general = "write a number and a unit, such as 30m, 2h or 7d"
	if bareNumber.MatchString(text) {
		return "add the unit: " + text + "s, " + text + "m, " + text + "h or " + text + "d"
	}
	rest := text
	if iso, ok := strings.CutPrefix(strings.ToLower(text), "p"); ok {
		date, clock, _ := strings.Cut(iso, "t")
		if strings.Contains(date, "m") {
			return general // months
		}
		rest = strings.TrimSpace(date + " " + clock)
	} else if monthPart.MatchString(text) {
		if months {
			return general + "; M is months, which stand alone and in whole numbers, such as 3M"
		}
		return general + "; m is minutes"
	}
	sum, ok := sumOfParts(rest)
	if !ok {
		return general
	}
	for _, unit := range []string{"d", "h", "m", "s"} {
		if length := durationUnits[unit]; sum >= length && sum%length == 0 {
			return "write `" + strconv.Itoa(int(sum/length)) + unit + "`"
		}
	}
	return general
}

// sumOfParts reads numbers with units, such as `1h 30 min`. ok is false if the text has anything else, or the sum is
// too long.
func sumOfParts(text string) (sum time.Duration, ok bool) {
	for text != "" {
		m := durationPart.FindStringSubmatchIndex(text)
		if m == nil {
			return 0, false
		}
		count, err := strconv.ParseFloat(text[m[2]:m[3]], 64)
		unit := durationUnits[strings.ToLower(text[m[4]:m[4]+1])]
		if err != nil || count > float64(longest/unit) {
			return 0, false
		}
		if sum += time.Duration(math.Round(count * float64(unit))); sum > longest {
			return 0, false
		}
		text = text[m[5]:]
	}
	return sum, true
}

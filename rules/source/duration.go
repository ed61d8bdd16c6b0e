package source

import (
	"math"
	"regexp"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// timespanForm is a correlation's timespan in months or years. Their length is that of the reference implementation.
var timespanForm = regexp.MustCompile(`^([1-9][0-9]{0,3})([My])$`)

// Timespan reads a duration, or a number of months or years.
func (f *File) Timespan(n *yaml.Node) time.Duration {
	m := timespanForm.FindStringSubmatch(n.Value)
	if m == nil {
		return f.Duration(n)
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

// longest bounds durations: sums of a few stay within what a time can hold.
const longest = 100 * 365 * 24 * time.Hour

// Duration reads a whole number and a unit: s, m, h, d or w.
func (f *File) Duration(n *yaml.Node) time.Duration {
	const hint = "write a number and a unit, such as 30m, 2h or 7d"
	if n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode {
		f.Errorf("invalid-duration", f.Span(n), hint, "a duration is one text, not a mapping or a list")
		return 0
	}
	m := durationForm.FindStringSubmatch(n.Value)
	if m == nil {
		f.Errorf("invalid-duration", f.Span(n), hint, "%q is not a duration", n.Value)
		return 0
	}
	unit := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}[m[2]]
	count, err := strconv.Atoi(m[1])
	if err != nil || time.Duration(count) > longest/unit {
		f.Errorf("invalid-duration", f.Span(n), "write a shorter one", "the duration %q is too long: the longest is 100 years", n.Value)
		return 0
	}
	return time.Duration(count) * unit
}

package oracle

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"decree/engine/event"
	"decree/rules/schema"
)

// Log is all events of one run, with what a rule may ask beside the event itself.
type Log struct {
	Model   *schema.Model
	Events  []*event.Event
	Rules   map[string]*Rule // by name, those that rules join
	Filters []*Filter

	Correlations map[string]*Correlation // by name
	Reputation   []map[string]string     // rows of a reputation table
	Now          time.Time               // the end of a run that looks back; zero: the whole log is one window

	matched map[*Rule]map[int]bool
}

// Matches tells whether the rule matches the event at a place of the log. A run that looks back reports only events of
// that time.
func (l *Log) Matches(r *Rule, at int) (bool, error) {
	if !l.Now.IsZero() {
		if when, dated := l.time(at); !dated || !l.within(when, r.lookback) {
			return false, nil
		}
	}
	return l.matches(r, at)
}

// matches tells it whenever the event was.
func (l *Log) matches(r *Rule, at int) (bool, error) {
	if known, ok := l.matched[r][at]; ok {
		return known, nil
	}
	v, ok := l.view(r, at)
	holds := false
	if ok {
		var err error
		if holds, err = v.matches(); holds && err == nil {
			holds, err = v.passes(l.Filters)
		}
		if err != nil {
			return false, err
		}
	}
	if l.matched == nil {
		l.matched = map[*Rule]map[int]bool{}
	}
	if l.matched[r] == nil {
		l.matched[r] = map[int]bool{}
	}
	l.matched[r][at] = holds
	return holds, nil
}

// view is the event at a place as the rule's log source shows it; ok is false if it is of another.
func (l *Log) view(r *Rule, at int) (v view, ok bool) {
	s := r.SourceOf(l.Model, l.Events[at])
	return view{model: l.Model, source: s, ev: l.Events[at], rule: r, log: l, place: at}, s != nil
}

// time is when the event at a place was.
func (l *Log) time(at int) (time.Time, bool) {
	for _, column := range l.Model.Time {
		if text, ok := l.Events[at].Fields()[column].(string); ok {
			when, err := time.Parse(time.RFC3339Nano, text)
			return when, err == nil
		}
	}
	return time.Time{}, false
}

// within tells whether a time is in a period that ends with the run.
func (l *Log) within(when time.Time, period time.Duration) bool {
	return !when.After(l.Now) && !when.Before(l.Now.Add(-period))
}

// duration reads a period as rules write it: a number and a unit.
func duration(value any) (time.Duration, error) {
	if value == nil {
		return 0, nil
	}
	text := fmt.Sprint(value)
	unit := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[text[len(text)-1]]
	n, err := strconv.Atoi(text[:len(text)-1])
	if err != nil || unit == 0 {
		return 0, fmt.Errorf("%q is not a period", text)
	}
	return time.Duration(n) * unit, nil
}

// bounded tells whether a number is within all bounds of a map; other keys say something else.
func bounded(bounds map[string]any, n float64) (bool, error) {
	for op, bound := range bounds {
		holds, known := map[string]func(float64) bool{
			"lt": func(b float64) bool { return n < b }, "lte": func(b float64) bool { return n <= b },
			"gt": func(b float64) bool { return n > b }, "gte": func(b float64) bool { return n >= b },
			"eq": func(b float64) bool { return n == b },
		}[op]
		if !known {
			continue
		}
		b, err := strconv.ParseFloat(fmt.Sprint(bound), 64)
		if err != nil || !holds(b) {
			return false, err
		}
	}
	return true, nil
}

// names are one name, or a list of them.
func names(value any) (out []string) {
	list, several := value.([]any)
	if !several {
		return []string{fmt.Sprint(value)}
	}
	for _, one := range list {
		out = append(out, fmt.Sprint(one))
	}
	return out
}

// first is the first value of a field or entity, as values of two events compare; ok is false if there is none, or an
// empty one.
func (v view) first(name string) (value string, ok bool, err error) {
	values, present, err := v.field(name)
	if err != nil || !present || len(values) == 0 || values[0] == "" {
		return "", false, err
	}
	return strings.Map(alike, values[0]), true, nil
}

package oracle

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// match is an event that a rule matches, with the values by which it is suppressed.
type match struct {
	at     int
	when   time.Time
	dated  bool
	values string
}

// Alerts gives the places of the events that alert: those that match, and that no alert with the same values came
// before in the time of `suppress`.
func (l *Log) Alerts(r *Rule) (alerts []int, err error) {
	matches, err := l.matchesOf(r)
	if err != nil {
		return nil, err
	}
	return alerting(matches, r.suppress)
}

// alerting gives the places of the matches that alert.
func alerting(matches []match, suppress map[string]any) (alerts []int, err error) {
	length, err := duration(suppress["for"])
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(matches, func(a, b match) int { return cmp.Or(a.when.Compare(b.when), a.at-b.at) })
	last := map[string]time.Time{}
	for _, m := range matches {
		before, alerted := last[m.values]
		if m.dated && alerted && m.when.Sub(before) < length {
			continue
		}
		if m.dated {
			last[m.values] = m.when
		}
		alerts = append(alerts, m.at)
	}
	return alerts, nil
}

// matchesOf gives the events that a rule matches.
func (l *Log) matchesOf(r *Rule) (matches []match, err error) {
	for at := range l.Events {
		holds, err := l.Matches(r, at)
		if err != nil {
			return nil, err
		}
		if !holds {
			continue
		}
		m := match{at: at}
		m.when, m.dated = l.time(at)
		if m.values, err = l.suppressedBy(r, at); err != nil {
			return nil, err
		}
		matches = append(matches, m)
	}
	return matches, nil
}

// suppressedBy writes the values of an event that `suppress` names.
func (l *Log) suppressedBy(r *Rule, at int) (values string, err error) {
	if r.suppress["by"] == nil {
		return "", nil
	}
	v, _ := l.view(r, at)
	for _, name := range names(r.suppress["by"]) {
		value, _, err := v.first(name) // a value that is missing is the same as one that is empty
		if err != nil {
			return "", err
		}
		values += fmt.Sprintf("%q ", value)
	}
	return values, nil
}

package oracle

import (
	"fmt"
	"slices"
	"time"
)

// Alerts gives the places of the events that alert: those that match, and that no alert with the same values came
// before in the time of `suppress`.
func (l *Log) Alerts(r *Rule) (alerts []int, err error) {
	type match struct {
		at     int
		when   time.Time
		dated  bool
		values string
	}
	var matches []match
	for at := range l.Events {
		if holds, err := l.Matches(r, at); err != nil || !holds {
			if err != nil {
				return nil, err
			}
			continue
		}
		m := match{at: at}
		m.when, m.dated = l.time(at)
		v, _ := l.view(r, at)
		if r.suppress["by"] != nil {
			for _, name := range names(r.suppress["by"]) {
				value, _, err := v.first(name) // a value that is missing is the same as one that is empty
				if err != nil {
					return nil, err
				}
				m.values += fmt.Sprintf("%q ", value)
			}
		}
		matches = append(matches, m)
	}
	length, err := duration(r.suppress["for"])
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(matches, func(a, b match) int { return a.when.Compare(b.when) })
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

// Package backtest replays events as the schedules of the rules would have run, counts the alerts by rule and day, and compares them with
// those of an earlier backtest.
package backtest

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"decree/cmd/decree/internal/alerts"
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
)

// replayed is the JSON form of a backtest.
type replayed struct {
	Rules  []replayedRule `json:"rules"`
	Alerts []datedAlert   `json:"alerts"`

	Suspended []alerts.Suspension `json:"suspended,omitempty"`

	first, last time.Time // runs that raised alerts
}

type replayedRule struct {
	Rule   string         `json:"rule"`
	ID     string         `json:"rule_id"`
	Level  string         `json:"level"`
	Alerts int            `json:"alerts"`
	Days   map[string]int `json:"days"` // 2006-01-02 -> alerts
	byDay  map[int]int
}

type datedAlert struct {
	At string `json:"at"` // the run that raised it, as RFC 3339 has it, but its year may be past 9999
	alerts.Alert
}

// ruleKey tells rules apart from one version of a collection to the next.
func (a datedAlert) ruleKey() string { return cmp.Or(a.ID, a.Rule) }

// eventKey tells events apart wherever their files lie.
func (a datedAlert) eventKey() string {
	return fmt.Sprintf("%s\x00%s\x00%s\x00%d", a.ruleKey(), a.EventID, filepath.Base(a.Source), a.Line)
}

// Run replays the events that the engine was given, shows the alerts, and compares them with the baseline.
func Run(s *stdio.Streams, e *engine.Engine, p Flags, format string) (raised int, noisier bool, stats engine.Stats, err error) {
	before, err := readBaseline(p.Baseline)
	if err != nil {
		return 0, false, stats, err
	}
	found, timeless, stats, err := e.FinishBacktest(p.schedule)
	if err != nil {
		return 0, false, stats, err
	}
	for _, r := range e.Rules() {
		if schedule := p.schedule(r.Source); schedule.Lookback < schedule.Every {
			fmt.Fprintf(s.Err, "warning: rule %q runs every %s and looks back %s: what falls between is not seen\n", r.Source.Title, schedule.Every, schedule.Lookback)
		}
	}
	if timeless > 0 {
		fmt.Fprintf(s.Err, "warning: %d events have no time that can be read; no run sees them\n", timeless)
	}
	out := count(found)
	for _, one := range stats.Suspended {
		out.Suspended = append(out.Suspended, alerts.NewSuspension(one))
	}
	if format == "json" {
		err = s.WriteJSON(out)
	} else {
		err = out.table(s)
	}
	if before != nil {
		noisier = out.compare(s, before, p)
	}
	return len(found), noisier, stats, err
}

// count sorts alerts by rule, the most first.
func count(found []engine.Alert) replayed {
	out := replayed{Rules: []replayedRule{}, Alerts: []datedAlert{}}
	if len(found) > 0 { // in the order of their times
		out.first, out.last = found[0].At, found[len(found)-1].At
	}
	at := map[string]int{}
	for _, f := range found {
		a := datedAlert{f.At.Format(time.RFC3339), alerts.NewAlert(f.Result)}
		out.Alerts = append(out.Alerts, a)
		key := f.Rule.Source.Range.File + "\x00" + f.Rule.Source.Range.String()
		i, ok := at[key]
		if !ok {
			i = len(out.Rules)
			at[key] = i
			out.Rules = append(out.Rules, replayedRule{a.Rule, a.ID, a.Level, 0, map[string]int{}, map[int]int{}})
		}
		out.Rules[i].Alerts++
		out.Rules[i].Days[f.At.Format(time.DateOnly)]++
		out.Rules[i].byDay[day(f.At)]++
	}
	slices.SortStableFunc(out.Rules, func(a, b replayedRule) int {
		return cmp.Or(cmp.Compare(b.Alerts, a.Alerts), cmp.Compare(a.Rule, b.Rule))
	})
	return out
}

// day is the number of a time's day since 1970.
func day(at time.Time) int {
	const seconds = 24 * 60 * 60
	days := at.Unix() / seconds
	if at.Unix()%seconds < 0 {
		days--
	}
	return int(days)
}

// Package backtest replays events on the schedules of the rules, counts the alerts by rule and day, and compares them
// with an earlier backtest. Alerts are written as they come, and are not kept here.
package backtest

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"decree/cmd/decree/internal/alerts"
	"decree/cmd/decree/internal/engines"
	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/interrupt"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/diag"
)

// datedAlert is a match with the time of the run that raised it.
type datedAlert struct {
	At string `json:"at"` // RFC 3339
	alerts.Alert
}

// Run replays the events that the engine read, shows the alerts, and compares them with the baseline. fails is true if
// some rule has more new alerts than the flags accept, or if no run sees some event. The error is exit.ErrInterrupted
// after an interruption: the output is ended, and has the alerts before it in JSON alone.
func Run(s *stdio.Streams, e *engines.Set, p Flags, format string, interrupted <-chan struct{}) (raised int, fails bool, stats engine.Stats, err error) {
	before, err := readBaseline(p.Baseline)
	if err != nil {
		return 0, false, stats, err
	}
	for _, r := range e.Rules() {
		if schedule := p.schedule(r.Source); schedule.Lookback < schedule.Every {
			fmt.Fprintf(s.Err, "warning: rule %q runs every %s but looks back only %s: it misses the events between\n", diag.Visible(r.Source.Title), schedule.Every, schedule.Lookback)
		}
	}
	var counted counts
	var object *stdio.Object
	var written *stdio.Array
	begin := func() { // a schedule that cannot be replayed leaves no output
		if format == "json" && object == nil {
			object = stdio.NewObject(s.Out)
			written = object.Array("alerts")
		}
	}
	show := func(found engine.Alert) {
		begin()
		raised++
		counted.add(found)
		if written == nil && before == nil {
			return // the table needs only the count
		}
		a := datedAlert{found.At.Format(time.RFC3339), alerts.NewAlert(found.Result)}
		if before != nil {
			before.compare(a)
		}
		if written != nil {
			written.Add(a)
		}
	}
	var gate interrupt.Gate
	var timeless int
	var replayed engine.Stats
	var failed error
	ended := gate.Until(interrupted, 0, func() {
		timeless, replayed, failed = e.Replay(p.schedule, func(found engine.Alert) { gate.Pass(func() { show(found) }) })
	})
	if !ended {
		if begin(); written != nil {
			err = errors.Join(written.Close(), object.Close())
		}
		return raised, false, stats, cmp.Or(err, exit.ErrInterrupted)
	}
	if stats = replayed; failed != nil {
		return 0, false, stats, failed
	}
	begin()
	if timeless > 0 {
		fmt.Fprintf(s.Err, "warning: %s without a readable time; no run sees them\n", plural.Count(timeless, "event"))
	}
	if written == nil {
		err = counted.table(s)
	} else {
		err = written.Close()
		object.Member("rules", counted.sorted())
		if suspended := suspensions(stats.Suspended); len(suspended) > 0 {
			object.Member("suspended", suspended)
		}
		err = errors.Join(err, object.Close())
	}
	if before != nil {
		fails = before.show(s, p.MaxNew)
	}
	return raised, fails || timeless > 0, stats, err
}

func suspensions(all []engine.Suspension) []alerts.Suspension {
	out := make([]alerts.Suspension, len(all))
	for i, one := range all {
		out[i] = alerts.NewSuspension(one)
	}
	return out
}

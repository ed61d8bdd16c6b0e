// Package backtest replays events on the schedules of the rules, counts the alerts by rule and day, and compares them
// with an earlier backtest. Alerts are written as they come, and are not kept here. In: events, and rules with
// schedules. Out: alerts, a summary, and which rules are noisier than before.
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
	out := &output{s: s, json: format == "json", before: before}
	var gate interrupt.Gate
	var timeless int
	var replayed engine.Stats
	var failed error
	ended := gate.Until(interrupted, 0, func() {
		timeless, replayed, failed = e.Replay(p.schedule, func(found engine.Alert) { gate.Pass(func() { out.add(found) }) })
	})
	if !ended {
		return out.raised, false, stats, cmp.Or(out.interrupted(), exit.ErrInterrupted)
	}
	if stats = replayed; failed != nil {
		return 0, false, stats, failed
	}
	if timeless > 0 {
		fmt.Fprintf(s.Err, "warning: %s without a readable time; no run sees them\n", plural.Count(timeless, "event"))
	}
	err = out.end(stats)
	if before != nil {
		fails = before.show(s, p.MaxNew)
	}
	return out.raised, fails || timeless > 0, stats, err
}

// output takes the alerts as they come: it writes them as JSON, or counts them for the table, and compares them with
// the baseline.
type output struct {
	s      *stdio.Streams
	json   bool
	object *stdio.Object // nil until something is written
	alerts *stdio.Array  // in it
	before *baseline     // nil without one

	counted counts
	raised  int
}

// begin begins the JSON. It is not called before the schedules are known to be replayed: one that cannot be leaves no
// output.
func (o *output) begin() {
	if o.json && o.object == nil {
		o.object = stdio.NewObject(o.s.Out)
		o.alerts = o.object.Array("alerts")
	}
}

func (o *output) add(found engine.Alert) {
	o.begin()
	o.raised++
	o.counted.add(found)
	if o.alerts == nil && o.before == nil {
		return // the table needs only the count
	}
	a := datedAlert{found.At.Format(time.RFC3339), alerts.NewAlert(found.Result)}
	if o.before != nil {
		o.before.compare(a)
	}
	if o.alerts != nil {
		o.alerts.Add(alerts.WithEvent(a, a.Alert))
	}
}

// interrupted ends JSON with the alerts that it has.
func (o *output) interrupted() error {
	o.begin()
	if !o.json {
		return nil
	}
	return errors.Join(o.alerts.Close(), o.object.Close())
}

// end shows the counts behind the alerts.
func (o *output) end(stats engine.Stats) error {
	o.begin()
	if !o.json {
		return o.counted.table(o.s)
	}
	err := o.alerts.Close()
	o.object.Member("rules", o.counted.sorted())
	if suspended := suspensions(stats.Suspended); len(suspended) > 0 {
		o.object.Member("suspended", suspended)
	}
	return errors.Join(err, o.object.Close())
}

func suspensions(all []engine.Suspension) []alerts.Suspension {
	out := make([]alerts.Suspension, len(all))
	for i, one := range all {
		out[i] = alerts.NewSuspension(one)
	}
	return out
}

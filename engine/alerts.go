package engine

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"decree/engine/correlate"
)

// Alert is a result with the run of the schedule that would have raised it.
type Alert struct {
	Result
	At time.Time // an event's own time where the run would be past the year 9999, which RFC 3339 cannot write
}

// raised is an alert that waits to be shown in the order of time. It is small: what it tells of its event is read again
// from the store.
type raised struct {
	like        likeness
	at          time.Time
	order, rule int // of the event, and of the rule
	size        int // bytes, about
	show        func() (Result, error)
}

// raisedAlerts are the alerts of a backtest.
type raisedAlerts struct {
	all        []raised
	size, room int // bytes
	dropped    int
}

// Sizes of a raised alert, about.
const (
	raisedSize   = 240
	nameSize     = 16
	figureSize   = 160
	evidenceSize = 160
	decodedTimes = 5 // a decoded event takes so many times its text
)

func (a *raisedAlerts) add(r raised) {
	if a.size+r.size > a.room {
		a.dropped++
		return
	}
	a.size += r.size
	a.all = append(a.all, r)
}

// addMatch adds what a run found of one event.
func (a *raisedAlerts) addMatch(e *Engine, m *moment, found Result, run time.Time) {
	names, prevalence, reputation, evidence, u := found.Names, found.Prevalence, found.Reputation, found.Evidence, found.unit
	a.add(raised{
		like: found.like, at: writable(run, m.at), order: found.order, rule: found.rule.order,
		size: raisedSize + nameSize*len(names) + figureSize*(len(prevalence)+len(reputation)) + size(evidence),
		show: func() (Result, error) {
			in, err := e.pending.recall(m.pendingEvent)
			if err == nil {
				err = e.main.loadLate(in)
			}
			if err != nil {
				return Result{}, fmt.Errorf("%s: %w", m.Origin, err)
			}
			r := e.main.resultOf(u, in)
			r.Names, r.Prevalence, r.Reputation = names, prevalence, reputation
			if evidence != nil {
				r.Evidence = evidence
			}
			return r, nil
		},
	})
}

// addCompletion adds a match of a correlation that is evaluated once for all runs.
func (a *raisedAlerts) addCompletion(e *Engine, found correlate.Completion, like likeness, run time.Time) {
	a.add(raised{
		like: like, at: writable(run, found.At), order: found.Order(), rule: e.correlated[found.Number()].rule.order, size: raisedSize,
		show: func() (Result, error) { return e.correlationResult(found) },
	})
}

// addResult adds a match of a correlation that each run evaluates.
func (a *raisedAlerts) addResult(r Result, event, run time.Time) {
	a.add(raised{
		like: r.like, at: writable(run, event), order: r.order, rule: r.rule.order, size: raisedSize + decodedTimes*len(r.Event.Raw),
		show: func() (Result, error) { return r, nil },
	})
}

// suppress drops the alerts that their rules suppress, and gives their number.
func (a *raisedAlerts) suppress(e *Engine) (suppressed int) {
	var all []suppressible
	var at []int
	for i, r := range a.all {
		if r.like.suppresses() {
			all, at = append(all, suppressible{likeness: r.like, rule: r.rule, order: r.order}), append(at, i)
		}
	}
	suppressed = suppress(all)
	e.noteUnlike(all)
	gone := make(map[int]bool, suppressed)
	for i, m := range all {
		gone[at[i]] = m.by >= 0
	}
	kept := a.all[:0]
	for i, r := range a.all {
		if !gone[i] {
			kept = append(kept, r)
		}
	}
	a.all = kept
	return suppressed
}

// give gives the alerts in the order of their runs, events and rules.
func (a *raisedAlerts) give(to func(Alert)) error {
	slices.SortStableFunc(a.all, func(a, b raised) int { return cmp.Or(a.at.Compare(b.at), a.order-b.order, a.rule-b.rule) })
	for _, r := range a.all {
		result, err := r.show()
		if err != nil {
			return err
		}
		to(Alert{result, r.at})
	}
	return nil
}

// writable is the time of a run, or that of the event where RFC 3339 cannot write the run's.
func writable(run, event time.Time) time.Time {
	if run.Year() > 9999 {
		return event
	}
	return run
}

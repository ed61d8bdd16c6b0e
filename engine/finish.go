package engine

import (
	"fmt"
	"slices"
	"time"

	"decree/engine/lineage"
	"decree/engine/timestamp"
)

// Finish asks the rules that had to wait for the end of the input, and returns all results in the order of events,
// then of rules. With Options.OnResult it returns none: they were handed on as they were found.
func (e *Engine) Finish() ([]Result, Stats, error) {
	began := time.Now()
	defer func() { e.finishing = time.Since(began) }()
	e.linkProcesses()
	err := e.askAll(func(u *unit) bool { return u.rare != nil })
	for _, p := range e.populations {
		p.Judge(e.opt.Reputation)
	}
	for level := 0; level <= e.joinLevels && err == nil; level++ { // a rule is asked after those that it joins
		e.indexJoins(level)
		err = e.askAll(func(u *unit) bool { return u.rare == nil && u.rule.level == level })
	}
	if err != nil {
		return nil, e.stats, err
	}
	e.pending = e.newPending()
	if err := e.correlate(func(r Result) { e.give(r) }); err != nil {
		return nil, e.stats, err
	}
	if err := e.giveUnsuppressed(); err != nil {
		return nil, e.stats, err
	}
	slices.SortStableFunc(e.results, compareResults)
	return e.results, e.finishedStats(), nil
}

// linkProcesses builds the process tree, once all processes are known.
func (e *Engine) linkProcesses() {
	tree, evicted := e.pending.processes.Tree()
	e.stats.Evicted += evicted
	e.main.above = lineage.View{Tree: tree}
}

// askAll asks all events that wait of those units that are chosen.
func (e *Engine) askAll(chosen func(*unit) bool) error {
	for _, w := range e.pending.events {
		if err := e.askPending(w, chosen); err != nil {
			return fmt.Errorf("%s: %w", w.Origin, err)
		}
	}
	return nil
}

// askPending asks those of the units that wait for an event that are chosen.
func (e *Engine) askPending(w pendingEvent, chosen func(*unit) bool) error {
	asked := func(ui int) bool {
		u := e.units[ui]
		return chosen(u) && u.rule.suspension == nil
	}
	if !slices.ContainsFunc(w.units, asked) {
		return nil
	}
	in, err := e.pending.recall(w)
	if err != nil {
		return err
	}
	if err := e.main.loadLate(in); err != nil {
		return err
	}
	var out outcome
	for _, ui := range w.units {
		if !asked(ui) {
			continue
		}
		if err := e.main.ask(ui, in, &out); err != nil {
			return err
		}
	}
	e.spend(out.spending, in.Origin)
	noteCounted(out.sightings)
	e.count(out.sightings...)
	e.give(out.results...)
	e.stats.Timeless += out.timeless
	e.stats.Unlike += out.unlike
	e.keepMatches(out.matches, in)
	return nil
}

// give hands results on, but holds those that others may suppress.
func (e *Engine) give(results ...Result) {
	for _, r := range results {
		if r.like.suppresses() {
			e.holdSuppressible(r)
		} else {
			e.handOn(r)
		}
	}
}

// handOn hands a result on, or keeps it for Finish.
func (e *Engine) handOn(r Result) {
	if e.opt.OnResult == nil {
		e.results = append(e.results, r)
	} else {
		e.opt.OnResult(r)
	}
}

// compareResults puts results in event order, then rule order.
func compareResults(a, b Result) int {
	if a.order != b.order {
		return a.order - b.order
	}
	return a.rule.order - b.rule.order
}

// Add adds what another engine of the same run saw.
func (s *Stats) Add(o Stats) {
	s.Events += o.Events
	s.Foreign += o.Foreign
	s.Evicted += o.Evicted
	s.Dropped += o.Dropped
	s.Uncounted += o.Uncounted
	s.Timeless += o.Timeless
	s.Unlike += o.Unlike
	s.Undated += o.Undated
	s.Uncorrelated += o.Uncorrelated
	s.Unraised += o.Unraised
	s.Textless += o.Textless
	s.Suppressed += o.Suppressed
	s.Unsuppressed += o.Unsuppressed
	if s.Guessed == "" {
		s.Guessed = o.Guessed
	}
	s.Suspended = append(s.Suspended, o.Suspended...)
}

// AllForeign tells whether there were events, and none is of a log source that a rule reads.
func (s *Stats) AllForeign() bool { return s.Events > 0 && s.Foreign == s.Events }

// Unseen counts the events and matches that something did not see which should have.
func (s *Stats) Unseen() int {
	return s.Evicted + s.Dropped + s.Uncounted + s.Uncorrelated + s.Unraised + s.Undated + s.Timeless + s.Unlike + s.Unsuppressed
}

// finishedStats adds up what the workers counted.
func (e *Engine) finishedStats() Stats {
	var first timestamp.Guess
	for _, m := range append(e.workers, e.main) {
		first.Merge(m.guess)
	}
	e.stats.Guessed = first.String()
	return e.stats
}

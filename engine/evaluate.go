package engine

import (
	"time"

	"decree/engine/correlate"
	"decree/engine/event"
	"decree/engine/lineage"
)

// outcome is the result of evaluating one event.
type outcome struct {
	results   []Result
	process   *lineage.Process
	sightings []sighting
	pending   []int // units that wait for the end of the input
	matched   *rule // the last rule that matched; its other units need not be asked

	matches  []correlate.Match // that correlations read
	timeless int               // such matches without a time
	unlike   int               // matches of rules with `suppress`, without a time
	foreign  bool              // of no log source that a rule reads
	undated  bool              // without a time, so that a rule with a lookback did not see it
	spending []spending        // what backtracking expressions took
}

// evaluate asks an event's candidates, and gives what they found in out, which is empty before. Units that need the end
// of the input are put off. An error that is not a runError means that the data is not an event.
func (m *matcher) evaluate(in event.Input, out *outcome) error {
	var began, loaded time.Time
	if m.costs != nil {
		began = time.Now()
	}
	if err := m.load(in); err != nil {
		return err
	}
	if len(m.p.treeFields) > 0 {
		if p := m.process(in.Order); p != nil && (p.Created || p.Told) {
			out.process = p
		}
	}
	if m.costs != nil {
		loaded = time.Now()
		m.costs.bytes += in.Size()
		m.costs.read += loaded.Sub(began)
	}
	out.foreign = len(m.route.Of) == 0
	m.fitted = m.fitted || m.fits()
	m.undated = false
	candidates := m.candidates()
	if m.costs != nil {
		m.costs.find += time.Since(loaded)
	}
	for _, ui := range candidates {
		if other := m.p.second[ui]; other >= 0 && !m.atoms.Holds(int(other)) {
			continue
		}
		u := m.p.units[ui]
		if !m.may(u) || m.countedBefore(u) || !m.inWindow(u) {
			continue
		}
		if u.deferred {
			if u.relaxed != nil {
				if may, err := m.runProgram(u, u.relaxed); err != nil {
					return runError{err}
				} else if !may && !m.atoms.Usage.Exceeded {
					continue
				}
			}
			out.pending = append(out.pending, ui)
			continue
		}
		if err := m.ask(ui, in, out); err != nil {
			return err
		}
	}
	out.undated = m.undated
	return nil
}

// runError is an error of the engine, not of the event.
type runError struct{ error }

// ask runs a unit on the current event and adds what it found to the outcome.
func (m *matcher) ask(ui int, in event.Input, out *outcome) error {
	u := m.p.units[ui]
	if u.rare == nil && out.matched == u.rule || u.backtracks && u.rule.isSuspended(in.Order) {
		return nil
	}
	var began time.Time
	if m.costs != nil {
		began = time.Now()
	}
	matched, err := m.run(u)
	if err != nil {
		return runError{err}
	}
	if m.costs != nil {
		m.costs.asked(ui, time.Since(began), matched && u.rare == nil)
	}
	if u.backtracks {
		m.spend(u, in.Order, out)
	}
	if !matched {
		return nil
	}
	if u.rare != nil {
		if s, ok := u.rare.Sight(counted{m}, u.source); ok {
			out.sightings = append(out.sightings, sighting{s, u.rare})
		}
		return nil
	}
	out.matched = u.rule
	if u.rule.correlated.Read {
		if found, ok := m.correlationMatch(ui); ok {
			out.matches = append(out.matches, found)
		} else {
			out.timeless++
		}
	}
	if u.rule.correlated.Silent || u.rule.correlated.Read && !m.inLookback(u.rule) {
		return nil
	}
	r := m.result(u, in)
	if u.rule.ir.Source.Suppress != nil && !r.like.suppresses() {
		out.unlike++
	}
	out.results = append(out.results, r)
	return nil
}

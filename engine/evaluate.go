package engine

import (
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
	began := m.costs.now()
	if err := m.load(in); err != nil {
		return err
	}
	if len(m.p.treeFields) > 0 {
		if p := m.process(in.Order); p != nil && (p.Created || p.Told) {
			out.process = p
		}
	}
	began = m.costs.loaded(in, began)
	out.foreign = len(m.route.Of) == 0
	m.fitted = m.fitted || m.fits()
	m.sight(in)
	m.undated = false
	candidates := m.candidates()
	m.costs.found(began)
	for _, ui := range candidates {
		if !m.isAsked(ui) {
			continue
		}
		var err error
		if m.p.units[ui].deferred {
			err = m.putOff(ui, out)
		} else {
			err = m.ask(ui, in, out)
		}
		if err != nil {
			return err
		}
	}
	out.undated = m.undated
	return nil
}

// isAsked tells whether a candidate is asked of the event.
func (m *matcher) isAsked(ui int) bool {
	if other := m.p.second[ui]; other >= 0 && !m.atoms.Holds(int(other)) {
		return false
	}
	u := m.p.units[ui]
	return m.may(u) && !m.countedBefore(u) && m.inWindow(u)
}

// putOff leaves a unit for the end of the input, unless it is known already that it does not match.
func (m *matcher) putOff(ui int, out *outcome) error {
	if u := m.p.units[ui]; u.relaxed != nil {
		may, err := m.runProgram(u, u.relaxed)
		if err != nil {
			return runError{err}
		}
		if !may && !m.atoms.Usage.Exceeded {
			return nil
		}
	}
	out.pending = append(out.pending, ui)
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
	began := m.costs.now()
	matched, err := m.run(u)
	if err != nil {
		return runError{err}
	}
	m.costs.asked(ui, began, matched && u.rare == nil)
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

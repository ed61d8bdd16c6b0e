package engine

import (
	"fmt"
	"slices"

	"decree/engine/correlate"
	"decree/engine/event"
	"decree/engine/match"
	"decree/rules/ir"
)

// What the backtracking expressions of a rule may take in a run, in steps. An ordinary amount on each event is free;
// the rest adds up.
const (
	freePerEvent = 2_000
	freePerByte  = 32
	stepsPerRun  = 100_000_000
)

// Suspension is a rule that stopped before the end of the run, because its regular expressions took too many steps.
type Suspension struct {
	Rule    *ir.Rule
	EventID string
	Source  string
	Line    int
	Reason  string
}

// Describe writes on one line which rule was suspended, where and why.
func (s Suspension) Describe() string {
	place := fmt.Sprintf("%s:%d", s.Source, s.Line)
	if s.EventID != "" {
		place += fmt.Sprintf(" (event %s)", s.EventID)
	}
	return fmt.Sprintf("rule %q was suspended at %s: %s", s.Rule.Source.Title, place, s.Reason)
}

// spending is the steps that a unit took on one event, beyond the free ones.
type spending struct {
	rule    *rule
	event   string // its id
	steps   int
	unknown bool // more than is allowed on one event
}

// spend records the steps of the unit that was asked, if they count. It also marks a rule that is about to be
// suspended, so that other workers stop asking it; the merge, which sees events in order, decides.
func (m *matcher) spend(u *unit, order int, out *outcome) {
	f := &m.atoms.Usage
	beyond := max(f.Steps-freePerEvent-freePerByte*f.Bytes, 0)
	if !f.Exceeded && beyond == 0 {
		return
	}
	out.spending = append(out.spending, spending{u.rule, m.id(), beyond, f.Exceeded})
	if f.Exceeded {
		u.rule.suspendFrom(order)
	}
	if m.spent == nil {
		m.spent = map[*rule]int{}
	}
	if m.spent[u.rule] += beyond; m.spent[u.rule] > stepsPerRun {
		u.rule.suspendFrom(order + 1)
	}
}

// suspendFrom notes the first event on which a rule is not run.
func (r *rule) suspendFrom(order int) {
	for {
		from := r.suspended.Load()
		if int64(order) >= from || r.suspended.CompareAndSwap(from, int64(order)) {
			return
		}
	}
}

// isSuspended tells whether a rule is not run on an event.
func (r *rule) isSuspended(order int) bool { return int64(order) >= r.suspended.Load() }

// spend adds up the steps of an event. It is called in the order of events, so that the number of workers changes
// nothing.
func (e *Engine) spend(all []spending, from event.Origin) {
	for _, s := range all {
		r := s.rule
		r.spent += s.steps
		reason := ""
		switch {
		case r.suspension != nil:
			continue
		case s.unknown:
			reason = fmt.Sprintf("its regular expressions take more than %d steps on it", match.StepsPerEvent)
			r.suspendFrom(from.Order)
		case r.spent > stepsPerRun:
			reason = fmt.Sprintf("its regular expressions took more than %d steps so far", stepsPerRun)
			r.suspendFrom(from.Order + 1)
		default:
			continue
		}
		r.suspension = &Suspension{Rule: r.original(), EventID: s.event, Source: from.Source, Line: from.Line, Reason: reason}
		if !slices.ContainsFunc(e.stats.Suspended, func(other Suspension) bool { return other.Rule == r.original() }) {
			e.stats.Suspended = append(e.stats.Suspended, *r.suspension)
		}
	}
}

// dropSuspended removes what suspended rules found.
func (e *Engine) dropSuspended(o *outcome, order int) {
	o.results = slices.DeleteFunc(o.results, func(r Result) bool { return r.rule.isSuspended(order) })
	o.matches = slices.DeleteFunc(o.matches, func(found correlate.Match) bool { return e.units[found.Unit].rule.isSuspended(order) })
	o.sightings = slices.DeleteFunc(o.sightings, func(s sighting) bool { return s.of.rule.isSuspended(order) })
}

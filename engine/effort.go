package engine

import (
	"fmt"
	"math"
	"slices"

	"decree/rules/ir"
)

// What the backtracking expressions of a rule may take on one event, in steps, of which a core makes some hundred million a second: an expression on
// its own, and all of a rule together. A long text allows for more.
const (
	stepsPerEvent = 1_000_000
	stepsPerByte  = 100
)

// What they may take in a run: what is ordinary is free, and all that goes beyond adds up.
const (
	freePerEvent = 2_000
	freePerByte  = 32
	stepsPerRun  = 100_000_000
)

// Suspension is a rule that was not run to the end, because its regular expressions took too many steps.
type Suspension struct {
	Rule    *ir.Rule
	EventID string
	Source  string
	Line    int
	Reason  string
}

// Describe says on one line which rule was suspended, where and why.
func (s Suspension) Describe() string {
	place := fmt.Sprintf("%s:%d", s.Source, s.Line)
	if s.EventID != "" {
		place += fmt.Sprintf(" (event %s)", s.EventID)
	}
	return fmt.Sprintf("rule %q was suspended at %s: %s", s.Rule.Source.Title, place, s.Reason)
}

// taken is what an expression took on the current event.
type taken struct {
	steps, bytes int
	unknown      bool
	counted      uint32 // the asking that it was counted for
}

// effort is what the unit that is being asked took on the current event.
type effort struct {
	asking       uint32
	steps, bytes int
	spent        bool // more than is allowed: the outcome is unknown, whichever way it stands
}

// count adds what an expression took, once.
func (f *effort) count(t *taken) {
	if t.counted == f.asking {
		return
	}
	t.counted = f.asking
	f.steps += t.steps
	f.bytes += t.bytes
	f.spent = f.spent || t.unknown || f.steps > stepsPerEvent+stepsPerByte*f.bytes
}

// backtracking answers an atom whose expression backtracks. It is asked once an event for all rules, but counts for each.
func (m *matcher) backtracking(i int, a *atom) bool {
	if m.effort.spent {
		return false
	}
	took := &m.took[a.program.number]
	if m.asked[i] != m.gen {
		m.asked[i] = m.gen
		*took = taken{}
		if (a.pre < 0 || m.atom(a.pre)) && m.holds(a) {
			m.hit[i] = m.gen
		}
	}
	m.effort.count(took)
	return m.hit[i] == m.gen && !m.effort.spent
}

// backtracks asks a backtracking expression of each of several texts.
func (m *matcher) backtracks(p *predicate, texts []string) bool {
	took := &m.took[p.number]
	for _, t := range texts {
		took.bytes += len(t)
		found, known, steps := m.backtracker.Match(p.slow, t, stepsPerEvent+stepsPerByte*took.bytes-took.steps)
		if took.steps += steps; !known {
			took.unknown = true
			return false
		}
		if found {
			return true
		}
	}
	return false
}

// spending is what a unit took beyond what is free, on one event.
type spending struct {
	rule    *rule
	event   string // its id
	steps   int
	unknown bool // more than is allowed on one event
}

// spend takes down what the unit that was asked took of an event, if that counts. Other workers need not go on with a rule of which merging the
// events in their order will find that it is suspended before.
func (m *matcher) spend(u *unit, order int, out *outcome) {
	f := &m.effort
	beyond := max(f.steps-freePerEvent-freePerByte*f.bytes, 0)
	if !f.spent && beyond == 0 {
		return
	}
	out.spending = append(out.spending, spending{u.rule, m.id(), beyond, f.spent})
	if f.spent {
		u.rule.suspendFrom(order)
	}
	if m.spent == nil {
		m.spent = map[*rule]int{}
	}
	if m.spent[u.rule] += beyond; m.spent[u.rule] > stepsPerRun {
		u.rule.suspendFrom(order + 1)
	}
}

// never is the order of no event.
const never = math.MaxInt64

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

// spend adds up what an event cost, in the order of events, so that the number of workers changes nothing.
func (e *Engine) spend(all []spending, source string, line, order int) {
	for _, s := range all {
		r := s.rule
		r.spent += s.steps
		reason := ""
		switch {
		case r.suspension != nil:
			continue
		case s.unknown:
			reason = fmt.Sprintf("its regular expressions take more than %d steps on it", stepsPerEvent)
			r.suspendFrom(order)
		case r.spent > stepsPerRun:
			reason = fmt.Sprintf("its regular expressions took more than %d steps so far", stepsPerRun)
			r.suspendFrom(order + 1)
		default:
			continue
		}
		r.suspension = &Suspension{Rule: r.ir, EventID: s.event, Source: source, Line: line, Reason: reason}
		e.stats.Suspended = append(e.stats.Suspended, *r.suspension)
	}
}

// dropSuspended takes out what suspended rules found.
func (e *Engine) dropSuspended(o *outcome, order int) {
	o.results = slices.DeleteFunc(o.results, func(r Result) bool { return r.rule.isSuspended(order) })
	o.occurrences = slices.DeleteFunc(o.occurrences, func(found occurrence) bool { return e.units[found.unit].rule.isSuspended(order) })
	o.sightings = slices.DeleteFunc(o.sightings, func(s sighting) bool { return s.of.rule.isSuspended(order) })
}

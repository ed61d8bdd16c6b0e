package engine

import (
	"fmt"
	"math"
	"slices"
	"time"

	"decree/engine/condition"
	"decree/engine/correlate"
	"decree/engine/document"
	"decree/engine/event"
	"decree/engine/lineage"
	"decree/engine/match"
	"decree/engine/route"
	"decree/engine/timestamp"
	"decree/rules/ir"
)

// matcher evaluates one event at a time. Each worker has its own, and shares nothing in it. What is known of an event
// is marked with the event's number, so that nothing needs to be cleared for the next.
type matcher struct {
	p             *plan
	doc           *document.Document
	route         *route.Router
	atoms         *match.Matcher
	program       *condition.Runner
	gen           uint32        // number of the event
	chosen        []uint32      // unit -> event for which it is a candidate
	list          []int         // candidates
	above         lineage.View  // the processes above the event, once the input has ended
	spent         map[*rule]int // in a batch: steps beyond what is free
	costs         *costs
	guess         timestamp.Guess
	fitted        bool               // some event had a column of the model
	askedOfJoins  []correlate.Lack   // by joins
	askedOfRarity []correlate.Lack   // by populations
	asked         *[]*correlate.Lack // those that have counted the current event; ownAsked, or a moment's
	ownAsked      []*correlate.Lack
	sighted       []sighted // by log sources, since the file began
	brief         bool      // results do not describe their events
	names         []string  // of the fields of an explained event

	kept   *event.Event // the last event that has a result: results of one event share it
	keptAt uint32       // its number

	order   int  // of the current event
	undated bool // the current event has no time, and a rule asked for it
}

func (p *plan) newMatcher() *matcher {
	m := &matcher{p: p, costs: p.newCosts(), sighted: make([]sighted, len(p.sources)), askedOfJoins: make([]correlate.Lack, len(p.joins)), askedOfRarity: make([]correlate.Lack, len(p.populations))}
	m.begin()
	return m
}

// maxEvents is how many events have numbers of their own.
const maxEvents = 1 << 30

// begin forgets the events before, so that their numbers are free.
func (m *matcher) begin() {
	m.doc, m.route = document.New(m.p.layout), m.p.routes.NewRouter()
	m.gen, m.chosen, m.kept, m.keptAt = 0, make([]uint32, len(m.p.units)), nil, 0
	m.atoms = m.p.atoms.NewMatcher(m.doc, m.ancestor)
	m.program = m.p.programs.NewRunner(condition.Answers{Atom: m.atoms.Holds, Rare: m.rare, Joined: m.joined})
}

// load reads an event and finds the sources it is of.
func (m *matcher) load(in event.Input) error {
	m.order, m.asked, m.ownAsked = in.Order, &m.ownAsked, m.ownAsked[:0]
	if m.gen == maxEvents {
		m.begin()
	}
	m.gen++ // also for an event that cannot be read, to which the document gives a number, too
	if err := m.doc.LoadContent(in.Content); err != nil {
		return err
	}
	m.atoms.Next()
	m.route.Route(m.doc)
	return nil
}

// loadLate reads an event again, once the input has ended, so that it sees the processes above it.
func (m *matcher) loadLate(in event.Input) error {
	if err := m.load(in); err != nil {
		return err
	}
	m.above.Self = m.process(in.Order)
	return nil
}

// process makes the tree's entry for the current event; nil if it tells of no process.
func (m *matcher) process(order int) *lineage.Process {
	for _, si := range m.route.Of {
		if s := m.p.sources[si].lineage; s.Tells() {
			at, _ := m.time()
			return s.Process(m.doc, order, at)
		}
	}
	return nil
}

// ancestor reads a field of the event's own process or of one above it.
func (m *matcher) ancestor(f ir.Field) ([]string, bool) {
	for _, si := range m.route.Of {
		if texts, present, known := m.p.sources[si].lineage.Native(m.doc, f); known {
			return texts, present
		}
	}
	v, _, ok := m.above.Field(f)
	if !ok {
		return nil, false
	}
	return []string{v}, true
}

// may tells whether everything holds that a unit needs.
func (m *matcher) may(u *unit) bool { return u.needs == nil || u.needs.Hold(m.program.Answers.Atom) }

// countedBefore tells whether another unit of the unit's population counts the event.
func (m *matcher) countedBefore(u *unit) bool { return slices.ContainsFunc(u.earlier, m.route.Is) }

// run runs a unit's program. If its regular expressions exceed their budget, the event does not match.
func (m *matcher) run(u *unit) (bool, error) {
	return m.runProgram(u, u.program)
}

// runProgram runs a program of a unit.
func (m *matcher) runProgram(u *unit, program *condition.Program) (bool, error) {
	m.atoms.Ask()
	matched, err := m.program.Run(program)
	if err != nil {
		return false, fmt.Errorf("rule %q: %w", u.rule.ir.Source.Title, err)
	}
	return matched && !m.atoms.Usage.Exceeded, nil
}

// time is the event's own time; ok is false if the event has none that can be read.
func (m *matcher) time() (time.Time, bool) {
	for _, slot := range m.p.times {
		for _, t := range m.doc.Slot(slot).Texts {
			if at, guessed, ok := timestamp.Parse(t); ok {
				if guessed {
					m.guess.Take(m.order, t, at)
				}
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// inWindow tells whether the event is in the rule's lookback, or in the time that correlations read. An event without a
// readable time is not.
func (m *matcher) inWindow(u *unit) bool {
	r := u.rule
	if m.p.opt.Now.IsZero() {
		return true
	}
	if u.rare != nil {
		if over := u.rare.period(r.looksBack()); over > 0 && m.within(over+r.delay, r.delay) {
			return true
		}
	}
	if r.correlated.Silent {
		return m.inReach(r)
	}
	return m.inLookback(r) || u.rare == nil && r.correlated.Read && m.inReach(r)
}

// looksBack is how far back a run asks the rule of events, before its delay; 0 if it asks of all.
func (r *rule) looksBack() time.Duration {
	switch {
	case !r.correlated.Silent:
		return r.ir.Source.Schedule.Lookback
	case r.correlated.Reach == correlate.Unbounded:
		return 0
	}
	return r.correlated.Reach
}

// inReach tells whether the event is in the time for which correlations and joins read the rule.
func (m *matcher) inReach(r *rule) bool {
	if r.correlated.Reach == correlate.Unbounded {
		return r.delay == 0 || m.within(math.MaxInt64, r.delay)
	}
	return m.within(r.correlated.Reach, r.delay)
}

// inLookback tells whether the event is in the rule's own lookback. That of a rule whose joins look after the event
// ends so much earlier.
func (m *matcher) inLookback(r *rule) bool {
	lookback := r.ir.Source.Schedule.Lookback
	switch {
	case m.p.opt.Now.IsZero() || lookback == 0 && r.delay == 0:
		return true
	case lookback == 0:
		return m.within(math.MaxInt64, r.delay)
	}
	return m.within(lookback+r.delay, r.delay)
}

// within tells whether the event lies in a period that begins so long before Options.Now, and ends so long before it.
func (m *matcher) within(begin, end time.Duration) bool {
	at, ok := m.time()
	m.undated = m.undated || !ok
	return ok && !at.Before(m.p.opt.Now.Add(-begin)) && !at.After(m.p.opt.Now.Add(-end))
}

package engine

import (
	"fmt"
	"slices"
	"time"

	"decree/engine/correlate"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// maxRuns bounds how many runs of a schedule see one event.
const maxRuns = 10_000

// moment is an event that some of a rule's units wait for.
type moment struct {
	pendingEvent
	at     time.Time         // of the event, or once what the rule's joins look for after it has come
	adds   []sighting        // to the rule's populations, whichever run sees it
	raised bool              // some run has raised an alert for it
	asked  []*correlate.Lack // of its fields, in some run
}

// Backtest replays events as each rule's schedule would have run. It is given them as an engine is; all that rules ask
// for wait for Finish.
type Backtest struct{ *Engine }

// NewBacktest compiles rules, as New does. Options.Now and Options.OnResult are for engines alone.
func NewBacktest(rs []*ir.Rule, opt Options) (*Backtest, diag.Diagnostics) {
	opt.raises = true
	e, found := New(rs, opt)
	if e == nil {
		return nil, found
	}
	for _, u := range e.units {
		u.deferred = true
	}
	return &Backtest{e}, found
}

// Finish replays what was read as each rule's schedule would have run: at every multiple of
// Every since 1970, over the events of the last Lookback. Rarity is judged anew in each run; ancestors are
// those of the whole input. An event that several runs find is one alert, of the first. A run of a correlation's own
// schedule reports the matches whose event lies in its lookback; it reads rules as much further back as windows reach,
// so that each of these windows is whole, and there their rarity is judged. A rule whose joins look after the event is
// asked of it once that time has passed. schedule gives a rule's, in whole seconds. Alerts are given one by one, in the
// order of their runs, events and rules. They are suppressed by the times of their events, as in one window over all of
// them. timeless counts events without a time that can be read, which no run sees.
func (b *Backtest) Finish(schedule func(*rules.Rule) rules.Schedule, give func(Alert)) (timeless int, stats Stats, err error) {
	e := b.Engine
	e.main.brief = true // alerts read their events again when they are given
	alerts := raisedAlerts{room: e.opt.alertMemory()}
	e.linkProcesses()
	moments, timeless, err := e.moments()
	if err != nil {
		return timeless, e.stats, err
	}
	of := func(r *rules.Rule) (rules.Schedule, error) {
		s := schedule(r)
		if s.Every < time.Second || s.Lookback <= 0 || s.Every%time.Second != 0 || s.Lookback/s.Every > maxRuns {
			return s, fmt.Errorf("rule %q cannot be replayed every %s over the last %s", r.Title, s.Every, s.Lookback)
		}
		return s, nil
	}
	if err := e.replayRead(moments); err != nil {
		return timeless, e.stats, err
	}
	for _, r := range e.rules {
		s, err := of(r.ir.Source)
		if err != nil {
			return timeless, e.stats, err
		}
		replayed := &replay{e, r, s, moments[r.order]}
		if err := replayed.run(&alerts); err != nil {
			return timeless, e.stats, err
		}
	}
	if err := e.replayCorrelations(moments, of, &alerts); err != nil {
		return timeless, e.stats, err
	}
	e.stats.Unraised, e.stats.Suppressed = alerts.dropped, alerts.suppress(e)
	if err := alerts.give(give); err != nil {
		return timeless, e.stats, err
	}
	e.pending = e.newPending()
	return timeless, e.finishedStats(), nil
}

// moments lists the pending events of each rule, by the rule's order, in the order of their times.
func (e *Engine) moments() (of [][]moment, timeless int, err error) {
	of = make([][]moment, len(e.rules))
	for _, w := range e.pending.events {
		in, err := e.pending.recall(w)
		if err == nil {
			err = e.main.load(in)
		}
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", w.Origin, err)
		}
		at, ok := e.main.time()
		if !ok {
			timeless++
			continue
		}
		for len(w.units) > 0 { // a rule's units stand together
			r := e.units[w.units[0]].rule
			n := 1
			for n < len(w.units) && e.units[w.units[n]].rule == r {
				n++
			}
			of[r.order] = append(of[r.order], moment{pendingEvent: pendingEvent{w.Origin, w.units[:n], w.ref}, at: at.Add(r.delay)})
			w.units = w.units[n:]
		}
	}
	for _, moments := range of {
		slices.SortStableFunc(moments, func(a, b moment) int { return a.at.Compare(b.at) })
	}
	return of, timeless, nil
}

// replay is one rule's schedule over its events.
type replay struct {
	e    *Engine
	rule *rule
	rules.Schedule
	moments []moment
}

func (r *replay) run(alerts *raisedAlerts) error {
	if err := r.sight(); err != nil {
		return err
	}
	from, to := 0, 0 // the events that a run sees
	for to < len(r.moments) {
		// earlier runs see nothing new; later runs do as long as events are in reach
		for at := r.next(r.moments[to].at); ; at = at.Add(r.Every) {
			if from, to = r.reach(at, from, to); from == to {
				break
			}
			r.judge(at, from, to)
			if err := r.raise(alerts, at, r.moments[from:to]); err != nil {
				return err
			}
			if len(r.rule.rare) == 0 {
				from = to // later runs find the same of these events
			}
		}
	}
	return nil
}

// reach gives the events that the run at a time sees: those from one number to before another. The run before it saw
// those between the given ones.
func (r *replay) reach(at time.Time, from, to int) (int, int) {
	for to < len(r.moments) && !r.moments[to].at.After(at) {
		to++
	}
	for from < to && r.moments[from].at.Before(at.Add(-r.Lookback)) {
		from++
	}
	return from, to
}

// raise asks the rule of the events that a run sees. Each match is raised by the first run that finds it.
func (r *replay) raise(alerts *raisedAlerts, at time.Time, seen []moment) error {
	for i := range seen {
		m := &seen[i]
		if m.raised {
			continue
		}
		out, err := r.askRule(m)
		if err != nil {
			return err
		}
		for _, result := range out.results {
			m.raised = true
			alerts.addMatch(r.e, m, result, at)
		}
	}
	return nil
}

// next is the first run at a time or after it.
func (r *replay) next(at time.Time) time.Time {
	every, second := int64(r.Every/time.Second), at.Unix()
	if at.Nanosecond() > 0 {
		second++
	}
	if past := second % every; past > 0 {
		second += every - past
	} else {
		second -= past
	}
	return time.Unix(second, 0).UTC()
}

// sight finds what each event adds to the populations of the rule.
func (r *replay) sight() error {
	if len(r.rule.rare) == 0 {
		return nil
	}
	for i := range r.moments {
		if r.moments[i].adds != nil {
			continue // the rule and a correlation that reads it are replayed one after the other
		}
		out, err := r.askCounting(&r.moments[i])
		if err != nil {
			return err
		}
		r.moments[i].adds = out.sightings
		noteCounted(out.sightings)
	}
	return nil
}

// judge counts what the run at a time sees, which are the moments from one number to before another, and decides what
// is rare in it. A population whose period is longer than the lookback has the moments before these, too.
func (r *replay) judge(at time.Time, from, to int) {
	for _, p := range r.rule.rare {
		p.Forget()
		first := from
		if over := p.period(r.Lookback); over > 0 { // a correlation reads further back, which is counted anyway
			first = min(from, r.firstSince(at.Add(-over)))
		}
		for i := range r.moments[first:to] {
			for _, s := range r.moments[first+i].adds {
				if s.of == p {
					r.e.count(s)
				}
			}
		}
		p.Judge(r.e.opt.Reputation)
	}
}

// askRule asks the rule itself of an event.
func (r *replay) askRule(w *moment) (outcome, error) { return r.ask(w, false) }

// askCounting asks of an event what counts populations.
func (r *replay) askCounting(w *moment) (outcome, error) { return r.ask(w, true) }

// ask asks the units of an event: those that count populations, or the rule itself.
func (r *replay) ask(w *moment, counting bool) (out outcome, err error) {
	m := r.e.main
	in, err := r.e.pending.recall(w.pendingEvent)
	if err == nil {
		err = m.loadLate(in)
	}
	if err != nil {
		return out, fmt.Errorf("%s: %w", w.Origin, err)
	}
	m.asked = &w.asked
	for _, ui := range w.units {
		if u := r.e.units[ui]; (u.rare != nil) == counting && u.rule.suspension == nil {
			if err := m.ask(ui, in, &out); err != nil {
				return out, fmt.Errorf("%s: %w", w.Origin, err)
			}
		}
	}
	r.e.spend(out.spending, w.Origin)
	return out, nil
}

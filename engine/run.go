package engine

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"decree/engine/event"
	"decree/engine/timestamp"
)

// outcome is what one event came to.
type outcome struct {
	results   []Result
	process   *process
	sightings []sighting
	pending   []int // units that wait for the end of the input
	matched   *rule // the last rule that the event matched, which more of its units need not say again

	occurrences []occurrence // matches that correlations read
	timeless    int          // such matches without a time
	foreign     bool         // of no log source that a rule reads
	undated     bool         // without a time, so that a rule with a lookback did not see it
	spending    []spending   // what backtracking expressions took
}

// evaluate asks an event's candidates. Without m.late, units that need the end of the input
// are put off. An error of load means that the data is no event.
func (m *matcher) evaluate(source string, line, order int, data []byte) (outcome, error) {
	var out outcome
	var began, loaded time.Time
	if m.costs != nil {
		began = time.Now()
	}
	if err := m.load(data, order); err != nil {
		return out, err
	}
	if len(m.e.treeFields) > 0 {
		if p := m.process(order); p != nil && p.born {
			out.process = p
		}
	}
	if m.costs != nil {
		loaded = time.Now()
		m.costs.bytes += len(data)
		m.costs.read += loaded.Sub(began)
	}
	out.foreign = len(m.of) == 0
	if !m.e.fit.Load() && m.fits() {
		m.e.fit.Store(true)
	}
	m.undated = false
	candidates := m.candidates()
	if m.costs != nil {
		m.costs.find += time.Since(loaded)
	}
	for _, ui := range candidates {
		u := m.e.units[ui]
		if !m.may(u) || !m.inWindow(u) {
			continue
		}
		if u.deferred || m.e.opt.Backtest {
			out.pending = append(out.pending, ui)
			continue
		}
		if err := m.ask(ui, source, line, order, data, &out); err != nil {
			return out, err
		}
	}
	out.undated = m.undated
	return out, nil
}

// runError is an error of the engine, not of the event.
type runError struct{ error }

// ask runs a unit on the current event and takes down what follows from it.
func (m *matcher) ask(ui int, source string, line, order int, data []byte, out *outcome) error {
	u := m.e.units[ui]
	if u.rare == nil && out.matched == u.rule || u.backtracks && u.rule.isSuspended(order) {
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
		m.spend(u, order, out)
	}
	if !matched {
		return nil
	}
	if u.rare != nil {
		if s, ok := m.sight(u); ok {
			out.sightings = append(out.sightings, s)
		}
		return nil
	}
	out.matched = u.rule
	if u.rule.watching {
		if o, ok := m.occur(ui); ok {
			out.occurrences = append(out.occurrences, o)
		} else {
			out.timeless++
		}
	}
	if u.rule.silent || u.rule.watching && !m.inLookback(u.rule) {
		return nil
	}
	r, err := m.result(u, source, line, order, data)
	if err != nil {
		return err
	}
	out.results = append(out.results, r)
	return nil
}

// waiting is what is kept until the end of the input.
type waiting struct {
	processes    []*process
	processBytes int
	events       []waitingEvent
	eventBytes   int // of what describes the events, beside the store
	store        eventStore
}

type waitingEvent struct {
	source string
	line   int
	order  int
	units  []int
	ref    eventRef
}

// The shares of Options.MaxMemory.
func (o Options) eventMemory() int   { return o.MaxMemory / 2 }
func (o Options) processMemory() int { return o.MaxMemory / 4 }
func (o Options) matchMemory() int   { return o.MaxMemory / 16 } // of correlations, and as much of the events

// waitingSize is about what a waiting event takes beside its text, of one unit and of each further one.
const (
	waitingSize = 96
	unitSize    = 8
)

// merge takes in what an event came to. Events are merged in their order, so that the number
// of workers changes nothing.
func (e *Engine) merge(source string, line, order int, data []byte, out outcome) {
	e.stats.Events++
	if out.foreign {
		e.stats.Foreign++
	}
	if out.undated {
		e.stats.Undated++
	}
	e.spend(out.spending, source, line, order)
	if len(e.stats.Suspended) > 0 { // workers may have been ahead
		e.dropSuspended(&out, order)
	}
	e.take(out.results)
	e.occurred(out, source, line, order, data)
	e.count(out.sightings)
	if out.process != nil {
		e.keepProcess(out.process)
	}
	if len(out.pending) > 0 {
		w := &e.waiting
		if len(w.events) >= e.opt.MaxPending || w.eventBytes+w.store.size()+len(data) > e.opt.eventMemory() {
			e.stats.Dropped++
			return
		}
		w.eventBytes += waitingSize + unitSize*len(out.pending)
		w.events = append(w.events, waitingEvent{source, line, order, slices.Clone(out.pending), w.store.add(data)})
	}
}

// keepProcess adds a process to those that the tree is made of. The oldest go in one sweep, so that the cost stays linear.
func (e *Engine) keepProcess(p *process) {
	w := &e.waiting
	w.processes = append(w.processes, p)
	w.processBytes += p.size()
	over := len(w.processes) - e.opt.MaxProcesses
	if over <= e.opt.MaxProcesses/4 {
		over = 0
	}
	if w.processBytes > e.opt.processMemory() {
		over = max(over, len(w.processes)/4, 1)
	}
	e.dropProcesses(over)
}

func (e *Engine) dropProcesses(over int) {
	if over <= 0 {
		return
	}
	e.stats.Evicted += over
	for _, p := range e.waiting.processes[:over] {
		e.waiting.processBytes -= p.size()
	}
	e.waiting.processes = slices.Clone(e.waiting.processes[over:])
}

// count adds sightings to their populations, as long as there is room for them.
func (e *Engine) count(all []sighting) {
	limit := e.opt.MaxMemory / 8 / max(1, len(e.populations))
	for _, s := range all {
		if !s.add(limit) {
			e.stats.Uncounted++
		}
	}
}

// Add gives the engine an event, whose Raw is its JSON text.
func (e *Engine) Add(ev *event.Event) error {
	out, err := e.main.evaluate(ev.Source, ev.Line, e.order, ev.Raw)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", ev.Source, ev.Line, err)
	}
	e.merge(ev.Source, ev.Line, e.order, ev.Raw, out)
	e.order++
	return nil
}

// batchSize and batchBytes bound a batch: enough work to hand over, little enough to wait for.
const (
	batchSize  = 512
	batchBytes = 1 << 18
)

// batch is read by one goroutine, evaluated by another and merged by a third, and then read into again.
type batch struct {
	memory   []byte // of its lines
	raws     []event.Raw
	outcomes []outcome
	errs     []error
	order    int // of the first event, were none rejected
	done     chan struct{}
}

// Run reads a file to its end on several workers. What comes of it does not depend on their
// number. Lines that are no events are rejected through the reader, in order. progress, which
// may be nil, is told how many events were read since it was called before.
func (e *Engine) Run(r *event.Reader, source string, workers int, progress func(int)) error {
	e.fit.Store(false)
	for len(e.workers) < max(workers, 1) {
		e.workers = append(e.workers, e.newMatcher())
	}
	// The reader goes some batches ahead, so that it does not have to be waited for while every core is busy with others.
	jobs, inOrder := make(chan *batch, 4*len(e.workers)), make(chan *batch, 8*len(e.workers))
	free := make(chan *batch, cap(inOrder))
	stop := make(chan struct{})
	var readErr error
	go func() {
		defer close(jobs)
		defer close(inOrder)
		order := e.order
		for {
			var b *batch
			select {
			case b = <-free:
			default:
				b = &batch{memory: make([]byte, 0, batchBytes)}
			}
			b.order, b.done = order, make(chan struct{})
			readErr = b.fill(r)
			order += len(b.raws)
			if len(b.raws) > 0 {
				select {
				case inOrder <- b:
				case <-stop:
					return
				}
				jobs <- b
			}
			if readErr != nil {
				return
			}
		}
	}()
	for _, m := range e.workers {
		go func() {
			for b := range jobs {
				m.batch(b, source)
			}
		}()
	}
	var failed error
	for b := range inOrder {
		<-b.done
		if failed != nil {
			continue
		}
		for i, raw := range b.raws {
			e.order++
			switch err := b.errs[i]; {
			case errors.As(err, &runError{}):
				failed = fmt.Errorf("%s:%d: %w", source, raw.Line, err)
				close(stop)
			case err != nil:
				raw.Err = err
				r.Reject(raw)
			default:
				e.merge(source, raw.Line, b.order+i, raw.Data, b.outcomes[i])
			}
			if failed != nil {
				break
			}
		}
		if progress != nil {
			progress(len(b.raws))
		}
		select {
		case free <- b:
		default:
		}
	}
	if failed != nil {
		return failed
	}
	if errors.Is(readErr, io.EOF) {
		return nil
	}
	return readErr
}

func (b *batch) fill(r *event.Reader) error {
	size := 0
	b.raws = b.raws[:0]
	r.Lend(b.memory)
	for len(b.raws) < batchSize && size < batchBytes {
		raw, err := r.NextRaw()
		if err != nil {
			return err
		}
		b.raws = append(b.raws, raw)
		size += len(raw.Data)
	}
	return nil
}

func (m *matcher) batch(b *batch, source string) {
	defer close(b.done)
	clear(m.spent)
	b.outcomes, b.errs = slices.Grow(b.outcomes[:0], len(b.raws))[:len(b.raws)], slices.Grow(b.errs[:0], len(b.raws))[:len(b.raws)]
	for i, raw := range b.raws {
		if b.errs[i] = raw.Err; raw.Err != nil {
			b.outcomes[i] = outcome{}
			continue
		}
		b.outcomes[i], b.errs[i] = m.evaluate(source, raw.Line, b.order+i, raw.Data)
	}
}

// Finish asks what had to wait for the end of the input, and gives all results in event order,
// then rule order. With Options.OnResult it gives none: they were handed on.
func (e *Engine) Finish() ([]Result, Stats, error) {
	began := time.Now()
	defer func() { e.finishing = time.Since(began) }()
	e.dropProcesses(len(e.waiting.processes) - e.opt.MaxProcesses)
	tree := newTree(e.waiting.processes)
	e.main.late = &late{tree: tree}
	for _, counting := range []bool{true, false} {
		if !counting {
			for _, p := range e.populations {
				p.judge(e.opt.Reputation)
			}
		}
		for _, w := range e.waiting.events {
			if err := e.askLate(w, counting); err != nil {
				return nil, e.stats, fmt.Errorf("%s:%d: %w", w.source, w.line, err)
			}
		}
	}
	e.waiting = waiting{}
	if err := e.correlate(func(r Result) { e.take([]Result{r}) }); err != nil {
		return nil, e.stats, err
	}
	slices.SortStableFunc(e.results, compareResults)
	return e.results, e.finishedStats(), nil
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

// askLate asks the units that an event waits for: those that count populations, or the rules.
func (e *Engine) askLate(w waitingEvent, counting bool) error {
	m := e.main
	loaded := false
	var data []byte
	var out outcome
	for _, ui := range w.units {
		u := e.units[ui]
		if (u.rare != nil) != counting || u.rule.suspension != nil {
			continue
		}
		if !loaded {
			loaded = true
			var err error
			if data, err = e.waiting.store.get(w.ref); err != nil {
				return err
			}
			if err := m.load(data, w.order); err != nil {
				return err
			}
			m.late.self = m.process(w.order)
		}
		if err := m.ask(ui, w.source, w.line, w.order, data, &out); err != nil {
			return err
		}
	}
	e.spend(out.spending, w.source, w.line, w.order)
	e.count(out.sightings)
	e.take(out.results)
	e.occurred(out, w.source, w.line, w.order, data)
	return nil
}

// take hands results on, or keeps them for Finish.
func (e *Engine) take(results []Result) {
	if e.opt.OnResult == nil {
		e.results = append(e.results, results...)
		return
	}
	for _, r := range results {
		e.opt.OnResult(r)
	}
}

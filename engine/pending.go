package engine

import (
	"slices"

	"decree/engine/event"
	"decree/engine/eventstore"
	"decree/engine/lineage"
)

// pending is what is kept until the end of the input.
type pending struct {
	processes lineage.Processes
	events    []pendingEvent
	bytes     int // of what describes the events, beside the store
	store     eventstore.Store
}

// pendingEvent is an event that some units wait for. Its text is in the store.
type pendingEvent struct {
	event.Origin
	units []int
	ref   eventstore.Ref
}

// The memory that a pending event takes beside its text, about, and that each of its units takes.
const (
	pendingSize = 96
	unitSize    = 8
)

// newPending makes room for what waits for the end of the input.
func (e *Engine) newPending() pending {
	return pending{processes: lineage.Processes{MaxCount: e.opt.MaxProcesses, MaxBytes: e.opt.processMemory()}}
}

// wait keeps an event for some units until the end of the input, if there is room for it.
func (e *Engine) wait(in event.Input, units []int) {
	p, data := &e.pending, in.JSON()
	if len(p.events) >= e.opt.MaxPending || p.bytes+p.store.Size()+len(data) > e.opt.eventMemory() {
		e.stats.Dropped++
		return
	}
	p.bytes += pendingSize + unitSize*len(units)
	p.events = append(p.events, pendingEvent{in.Origin, slices.Clone(units), p.store.Add(data)})
}

// recall gives a pending event back. Its data is valid until the next call.
func (p *pending) recall(w pendingEvent) (event.Input, error) {
	data, err := p.store.Get(w.ref)
	return event.Input{Origin: w.Origin, Content: event.TextContent(data)}, err
}

// merge adds an event's outcome to the run. Events are merged in their order, so that the number
// of workers changes nothing.
func (e *Engine) merge(in event.Input, out *outcome) {
	e.stats.Events++
	if out.foreign {
		e.stats.Foreign++
	}
	if out.undated {
		e.stats.Undated++
	}
	if len(out.spending) > 0 {
		e.spend(out.spending, in.Origin)
	}
	if len(e.stats.Suspended) > 0 { // workers may have been ahead
		e.dropSuspended(out, in.Order)
	}
	if len(out.results) > 0 {
		e.give(out.results...)
	}
	e.stats.Timeless += out.timeless
	e.stats.Unlike += out.unlike
	if len(out.matches) > 0 {
		e.keepMatches(out.matches, in)
	}
	if len(out.sightings) > 0 {
		noteCounted(out.sightings)
		e.count(out.sightings...)
	}
	if out.process != nil {
		e.stats.Evicted += e.pending.processes.Add(out.process)
	}
	if len(out.pending) > 0 {
		e.wait(in, out.pending)
	}
}

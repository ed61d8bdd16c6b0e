package engine

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"decree/engine/event"
	"decree/engine/event/evtx"
)

// batchSize and batchBytes bound a batch: enough work to hand over, little enough to wait for.
const (
	batchSize  = 512
	batchBytes = 1 << 18
)

// aheadBytes bounds what is read ahead of what is merged: long lines, of which each is a batch. It is passed by one
// batch at most.
const aheadBytes = 1 << 25

// batch is read by one goroutine, evaluated by another and merged by a third, and then read into again.
type batch struct {
	memory  []byte       // of its lines
	read    event.Memory // of what the workers read of them
	buffers evtx.Buffers // of its records
	lines   []line
	size    int // bytes of its lines
	source  string
	order   int // of the first event, were none rejected
	done    chan struct{}
}

// line is one line of a batch and its outcome. err says why it is not an event.
type line struct {
	event.Raw
	outcome outcome
	err     error
}

// Run reads a file to its end on several workers. The result does not depend on their
// number. Lines that are not events are rejected through the reader, in order. The error is event.ErrStopped where the
// reader was stopped. progress, which may be nil, is called with the number of events read since the call before.
func (e *Engine) Run(r *event.Reader, source string, workers int, progress func(int)) error {
	for len(e.workers) < max(workers, 1) {
		e.workers = append(e.workers, e.newMatcher())
	}
	e.beginFile()
	p := newPipeline(r, source, len(e.workers))
	go p.read(e.order)
	for _, m := range e.workers {
		go func() {
			for b := range p.jobs {
				m.batch(b)
			}
		}()
	}
	var failed error
	for b := range p.inOrder {
		<-b.done
		if failed != nil {
			continue
		}
		if failed = e.mergeBatch(b, r); failed != nil {
			close(p.stop)
		}
		if progress != nil {
			progress(len(b.lines))
		}
		p.merged(b)
	}
	if failed != nil {
		return failed
	}
	e.findMisnamed(source)
	if errors.Is(p.err, io.EOF) {
		return nil
	}
	return p.err
}

// mergeBatch takes over what the events of a batch came to, in order. It ends at a rule that could not be evaluated.
func (e *Engine) mergeBatch(b *batch, r *event.Reader) error {
	for i := range b.lines {
		e.order++
		l := &b.lines[i]
		switch {
		case errors.As(l.err, &runError{}):
			return fmt.Errorf("%s: %w", b.input(i).Origin, l.err)
		case l.err != nil:
			l.Raw.Err = l.err
			r.Reject(l.Raw)
		default:
			e.merge(b.input(i), &l.outcome)
		}
	}
	return nil
}

// pipeline hands batches from the goroutine that reads them to the workers, and to the one that merges them in order.
// The reader works some batches ahead, so that workers do not wait for it.
type pipeline struct {
	reader  *event.Reader
	source  string
	jobs    chan *batch   // to be evaluated
	inOrder chan *batch   // the same, to be merged
	free    chan *batch   // merged, to be read into again
	stop    chan struct{} // closed if nothing more is to be read
	ahead   atomic.Int64  // bytes that are read and not merged
	isLess  chan struct{} // told when there are fewer
	err     error         // why reading ended; set before inOrder is closed
}

func newPipeline(r *event.Reader, source string, workers int) *pipeline {
	p := &pipeline{reader: r, source: source, jobs: make(chan *batch, 4*workers), inOrder: make(chan *batch, 8*workers), stop: make(chan struct{}), isLess: make(chan struct{}, 1)}
	p.free = make(chan *batch, cap(p.inOrder))
	return p
}

// read reads batches to the end of the file. order is the number of events before it.
func (p *pipeline) read(order int) {
	defer close(p.jobs)
	defer close(p.inOrder)
	for p.err == nil {
		for p.ahead.Load() >= aheadBytes {
			select {
			case <-p.isLess:
			case <-p.stop:
				return
			}
		}
		b := p.unused()
		b.source, b.order, b.done = p.source, order, make(chan struct{})
		p.err = b.fill(p.reader)
		if len(b.lines) == 0 {
			continue
		}
		order += len(b.lines)
		p.ahead.Add(int64(b.size))
		select {
		case p.inOrder <- b:
		case <-p.stop:
			return
		}
		p.jobs <- b
	}
}

// unused gives a batch to read into.
func (p *pipeline) unused() *batch {
	select {
	case b := <-p.free:
		return b
	default:
		return &batch{memory: make([]byte, 0, batchBytes)}
	}
}

// merged lets a batch be read into again.
func (p *pipeline) merged(b *batch) {
	p.ahead.Add(int64(-b.size))
	select {
	case p.isLess <- struct{}{}:
	default:
	}
	clear(b.lines) // which may be long
	select {
	case p.free <- b:
	default:
	}
}

// input is one event of the batch.
func (b *batch) input(i int) event.Input {
	l := &b.lines[i]
	return event.Input{Origin: event.Origin{Source: b.source, Line: l.Line, Order: b.order + i}, Content: l.Content}
}

func (b *batch) fill(r *event.Reader) error {
	b.size, b.lines, b.read = 0, b.lines[:0], b.read[:0]
	r.Lend(b.memory)
	r.Hold(&b.buffers)
	for len(b.lines) < batchSize && b.size < batchBytes && (len(b.lines) == 0 || r.Ready()) {
		if r.Stopped() {
			return event.ErrStopped
		}
		raw, err := r.NextUnread()
		if err != nil {
			return err
		}
		if raw.IsUnread() && b.read == nil {
			b.read = make(event.Memory, 0, 2*batchBytes)
		}
		b.lines = append(b.lines, line{Raw: raw, err: raw.Err})
		b.size += raw.Size()
	}
	return nil
}

// batch evaluates the events of a batch.
func (m *matcher) batch(b *batch) {
	defer close(b.done)
	clear(m.spent)
	for i := range b.lines {
		l := &b.lines[i]
		if l.IsUnread() {
			l.Read(&b.read)
			l.err = l.Raw.Err
		}
		if l.err == nil {
			l.err = m.evaluate(b.input(i), &l.outcome)
		}
	}
}

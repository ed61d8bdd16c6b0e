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

// aheadBytes bounds what is read ahead of what is merged: long lines, of which each is a batch. It is passed by one batch at most.
const aheadBytes = 1 << 25

// batch is read by one goroutine, evaluated by another and merged by a third, and then read into again.
type batch struct {
	memory []byte    // of its lines
	held   evtx.Held // its records
	lines  []line
	size   int // bytes of its lines
	source string
	order  int // of the first event, were none rejected
	done   chan struct{}
}

// line is one line of a batch and its outcome. err says why it is not an event.
type line struct {
	event.Raw
	outcome outcome
	err     error
}

// Run reads a file to its end on several workers. The result does not depend on their
// number. Lines that are not events are rejected through the reader, in order. The error is event.ErrStopped where the reader was stopped. progress, which
// may be nil, is called with the number of events read since the call before.
func (e *Engine) Run(r *event.Reader, source string, workers int, progress func(int)) error {
	for len(e.workers) < max(workers, 1) {
		e.workers = append(e.workers, e.newMatcher())
	}
	e.forgetFitted()
	// The reader works some batches ahead, so that workers do not wait for it.
	jobs, inOrder := make(chan *batch, 4*len(e.workers)), make(chan *batch, 8*len(e.workers))
	free := make(chan *batch, cap(inOrder))
	stop := make(chan struct{})
	var ahead atomic.Int64 // bytes that are read and not merged
	merged := make(chan struct{}, 1)
	var readErr error
	go func() {
		defer close(jobs)
		defer close(inOrder)
		order := e.order
		for {
			for ahead.Load() >= aheadBytes {
				select {
				case <-merged:
				case <-stop:
					return
				}
			}
			var b *batch
			select {
			case b = <-free:
			default:
				b = &batch{memory: make([]byte, 0, batchBytes)}
			}
			b.source, b.order, b.done = source, order, make(chan struct{})
			readErr = b.fill(r)
			order += len(b.lines)
			if len(b.lines) > 0 {
				ahead.Add(int64(b.size))
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
				m.batch(b)
			}
		}()
	}
	var failed error
	for b := range inOrder {
		<-b.done
		if failed != nil {
			continue
		}
		for i := range b.lines {
			e.order++
			l := &b.lines[i]
			switch {
			case errors.As(l.err, &runError{}):
				failed = fmt.Errorf("%s: %w", b.input(i).Origin, l.err)
				close(stop)
			case l.err != nil:
				l.Raw.Err = l.err
				r.Reject(l.Raw)
			default:
				e.merge(b.input(i), &l.outcome)
			}
			if failed != nil {
				break
			}
		}
		if progress != nil {
			progress(len(b.lines))
		}
		ahead.Add(int64(-b.size))
		select {
		case merged <- struct{}{}:
		default:
		}
		clear(b.lines) // which may be long
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

// input is one event of the batch.
func (b *batch) input(i int) event.Input {
	l := &b.lines[i]
	return event.Input{Origin: event.Origin{Source: b.source, Line: l.Line, Order: b.order + i}, Content: l.Content}
}

func (b *batch) fill(r *event.Reader) error {
	b.size, b.lines = 0, b.lines[:0]
	r.Lend(b.memory)
	r.Hold(&b.held)
	for len(b.lines) < batchSize && b.size < batchBytes && (len(b.lines) == 0 || r.Ready()) {
		if r.Stopped() {
			return event.ErrStopped
		}
		raw, err := r.NextRaw()
		if err != nil {
			return err
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
		if l := &b.lines[i]; l.err == nil {
			l.err = m.evaluate(b.input(i), &l.outcome)
		}
	}
}

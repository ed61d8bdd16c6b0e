package engine

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"decree/engine/event"
)

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
	for len(e.workers) < max(workers, 1) {
		e.workers = append(e.workers, e.newMatcher())
	}
	e.forgetFitted()
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
				e.merge(b.input(i, source), b.outcomes[i])
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

// input is one event of a file's batch.
func (b *batch) input(i int, source string) event.Input {
	return event.Input{Origin: event.Origin{Source: source, Line: b.raws[i].Line, Order: b.order + i}, Data: b.raws[i].Data}
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
		b.outcomes[i], b.errs[i] = m.evaluate(b.input(i, source))
	}
}

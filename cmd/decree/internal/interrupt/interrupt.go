// Package interrupt lets a command end its output when its user interrupts it.
package interrupt

import (
	"os"
	"os/signal"
	"sync"
	"time"

	"decree/cmd/decree/internal/output"
)

// First gives a channel that the first interruption closes. Files that are being written stay, so that the command can
// end them. The next interruption ends the process and removes them, as any does after stop. Where interruptions are
// ignored, as in a job in the background, they stay so.
func First() (interrupted <-chan struct{}, stop func()) {
	closed := make(chan struct{})
	if signal.Ignored(os.Interrupt) {
		return closed, func() {}
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	unanswered := output.AnswerInterruptions()
	ended := make(chan struct{})
	go func() {
		select {
		case <-signals:
			unanswered()
			signal.Stop(signals)
			close(closed)
		case <-ended:
		}
	}()
	return closed, sync.OnceFunc(func() {
		unanswered()
		signal.Stop(signals)
		close(ended)
	})
}

// Gate lets through what a task gives until the task is given up.
type Gate struct {
	lock   sync.Mutex
	closed bool
}

// Pass runs a step of a task, unless the task is given up.
func (g *Gate) Pass(step func()) {
	g.lock.Lock()
	defer g.lock.Unlock()
	if !g.closed {
		step()
	}
}

// Until runs a task and tells whether it ended, at the latest some time after an interruption. Else it is given up: it
// goes on, but nothing passes the gate any more, and the command should end.
func (g *Gate) Until(interrupted <-chan struct{}, grace time.Duration, task func()) (ended bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		task()
	}()
	select {
	case <-done:
		return true
	case <-interrupted:
	}
	select {
	case <-done:
		return true
	case <-time.After(grace):
		g.lock.Lock()
		defer g.lock.Unlock()
		g.closed = true
		return false
	}
}

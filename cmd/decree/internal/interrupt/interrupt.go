// Package interrupt lets a command end its output when its user interrupts it.
package interrupt

import (
	"os"
	"os/signal"
	"sync"
)

// First gives a channel that the first interruption closes. The next one ends the process, as any does after stop. Where interruptions are ignored, as in a job in the background, they stay so.
func First() (interrupted <-chan struct{}, stop func()) {
	closed := make(chan struct{})
	if signal.Ignored(os.Interrupt) {
		return closed, func() {}
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	ended := make(chan struct{})
	go func() {
		select {
		case <-signals:
			signal.Stop(signals)
			close(closed)
		case <-ended:
		}
	}()
	return closed, sync.OnceFunc(func() {
		signal.Stop(signals)
		close(ended)
	})
}

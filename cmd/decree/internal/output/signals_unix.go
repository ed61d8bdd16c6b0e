//go:build unix

package output

import (
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// deadly are the signals that end a command.
var deadly = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE}

// end lets the command end by the signal, as its parent expects.
func end(s os.Signal) {
	number, _ := s.(syscall.Signal)
	signal.Reset(s)
	if number != syscall.SIGPIPE && syscall.Kill(os.Getpid(), number) == nil { // Go ignores a SIGPIPE that is sent
		time.Sleep(time.Second) // until it arrives
	}
	os.Exit(128 + int(number))
}

// Closed tells whether writing failed because the reader went away.
func Closed(err error) bool { return errors.Is(err, syscall.EPIPE) }

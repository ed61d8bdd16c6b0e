//go:build !unix && !windows

package output

import (
	"errors"
	"os"
	"syscall"
)

// deadly are the signals that end a command.
var deadly = []os.Signal{os.Interrupt}

// end ends the command as a shell reports an interrupted one.
func end(os.Signal) { os.Exit(130) }

// Closed tells whether writing failed because the reader went away.
func Closed(err error) bool { return errors.Is(err, syscall.EPIPE) }

package output

import (
	"errors"
	"os"
	"syscall"
)

// deadly are the signals that end a command.
var deadly = []os.Signal{os.Interrupt, syscall.SIGTERM}

// end ends the command as a shell reports an interrupted one.
func end(os.Signal) { os.Exit(130) }

// noData is what writing into a pipe that is being closed says.
// https://learn.microsoft.com/en-us/windows/win32/debug/system-error-codes--0-499-
const noData = syscall.Errno(232)

// Closed tells whether writing failed because the reader went away.
func Closed(err error) bool {
	return errors.Is(err, syscall.ERROR_BROKEN_PIPE) || errors.Is(err, noData)
}

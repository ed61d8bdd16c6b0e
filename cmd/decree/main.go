// Command decree validates, runs, tests and compiles detection rules. It is a thin skin:
// each file here is one command over the packages rules, engine and compilers.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// The exit codes.
const (
	exitFine     = 0
	exitFindings = 1 // lint errors, failed tests, matches with --fail-on-match
	exitUsage    = 2 // wrong usage, unreadable input, unwritable output
)

// errFindings ends a command whose findings were already shown.
var errFindings = errors.New("findings")

// streams are a command's surroundings. Err is never coloured unless ErrTerminal.
type streams struct {
	In          io.Reader
	Out, Err    io.Writer
	OutTerminal bool
	ErrTerminal bool
}

func main() {
	colour := os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	os.Exit(run(os.Args[1:], &streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		OutTerminal: colour && term.IsTerminal(int(os.Stdout.Fd())),
		ErrTerminal: colour && term.IsTerminal(int(os.Stderr.Fd())),
	}))
}

// run executes one command line and gives the exit code.
func run(args []string, s *streams) int {
	root := newRoot(s)
	root.SetArgs(args)
	at, err := root.ExecuteC()
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errFindings):
		return exitFindings
	}
	fmt.Fprintf(s.Err, "decree: %s\n", strings.TrimSpace(err.Error()))
	if at == root { // no command was found
		fmt.Fprintln(s.Err, "decree --help lists the commands")
	}
	return exitUsage
}

// Command decree validates, runs, tests and compiles detection rules. It is a thin skin:
// each file here is one command over the packages rules, engine and compilers.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/term"

	"decree/cmd/decree/internal/output"
	"decree/rules"
	"decree/rules/diag"
)

// The exit codes.
const (
	exitFine     = 0
	exitFindings = 1 // lint errors, failed tests, matches with --fail-on-match
	exitUsage    = 2 // wrong usage, unreadable input, unwritable output

	exitClosed = 128 + 13 // as if by SIGPIPE, where the system has none
)

// errFindings ends a command whose findings were already shown.
var errFindings = errors.New("findings")

// errUnreadable ends a command whose findings, already shown, say that a file cannot be read.
var errUnreadable = errors.New("unreadable")

// ending is how a command ends that has shown what it found; fails is whether there is another reason to fail.
func ending(found diag.Diagnostics, fails bool) error {
	switch {
	case slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == rules.UnreadableFile }):
		return errUnreadable
	case fails || found.HasErrors():
		return errFindings
	}
	return nil
}

// streams are a command's surroundings. Err is never coloured unless ErrTerminal. What Out is given and cannot
// take is an error of the command, which run finds.
type streams struct {
	In          io.Reader
	Out, Err    io.Writer
	OutTerminal bool
	ErrTerminal bool
}

func main() {
	colour := os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if runtime.GOOS == "windows" { // an old console shows the escapes themselves
		colour = colour && os.Getenv("WT_SESSION")+os.Getenv("TERM") != ""
	}
	os.Exit(run(os.Args[1:], &streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		OutTerminal: colour && term.IsTerminal(int(os.Stdout.Fd())),
		ErrTerminal: colour && term.IsTerminal(int(os.Stderr.Fd())),
	}))
}

// run executes one command line and gives the exit code.
func run(args []string, s *streams) int {
	out := &faithful{to: s.Out}
	s.Out = out
	root := newRoot(s)
	root.SetArgs(args)
	at, err := root.ExecuteC()
	switch {
	case output.Closed(out.err): // whoever read it has seen enough
		return exitClosed
	case out.err != nil:
		err = fmt.Errorf("cannot write standard output: %w", out.err)
	}
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, errUnreadable):
		return exitUsage
	}
	for i, line := range strings.Split(strings.TrimSpace(err.Error()), "\n") {
		if i == 0 {
			line = "decree: " + line
		}
		fmt.Fprintln(s.Err, diag.FirstVisible(line))
	}
	if at == root { // no command was found
		fmt.Fprintln(s.Err, "decree --help lists the commands")
	}
	return exitUsage
}

// faithful remembers the first error of its writer, and writes nothing after it.
type faithful struct {
	to  io.Writer
	err error
}

func (w *faithful) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.to.Write(p)
	w.err = err
	return n, err
}

// Command decree validates, runs, tests and compiles detection rules. Each file here is one command. Commands parse
// flags and print; the work is done in rules, engine and compilers, and what commands share stands in internal.
//
// In: arguments, files and standard input. Out: text or JSON, files, and an exit code. Only main exits.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/term"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
	"decree/rules/source"
)

func main() {
	colour := os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if runtime.GOOS == "windows" { // an old console shows the escapes themselves
		colour = colour && os.Getenv("WT_SESSION")+os.Getenv("TERM") != ""
	}
	columns, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		columns, err = strconv.Atoi(os.Getenv("COLUMNS")) // no terminal
		if err != nil || columns < 0 {
			columns = 0
		}
	}
	os.Exit(run(os.Args[1:], &stdio.Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		OutTerminal: colour && term.IsTerminal(int(os.Stdout.Fd())),
		ErrTerminal: colour && term.IsTerminal(int(os.Stderr.Fd())),
		Columns:     columns,
	}))
}

// run executes one command line and gives the exit code.
func run(args []string, s *stdio.Streams) int {
	out := &stdio.Writer{To: s.Out}
	s.Out = out
	root := newRoot(s)
	root.SetArgs(args)
	at, err := root.ExecuteC()
	switch {
	case output.Closed(out.Err): // the reader of the pipe has gone
		return exit.Closed
	case out.Err != nil:
		err = fmt.Errorf("cannot write standard output: %w", out.Err)
	}
	if err == nil || exit.Shown(err) {
		return exit.Code(err)
	}
	for i, line := range strings.Split(suggestion(plain(err)), "\n") {
		if i == 0 {
			line = "decree: " + line
		}
		fmt.Fprintln(s.Err, diag.FirstVisible(line))
	}
	if at == root { // no command was found
		fmt.Fprintln(s.Err, "decree --help lists the commands")
	}
	return exit.Code(err)
}

// plain is the message of an error. It names a file before what is wrong with it, as other messages do, and not the
// system call that failed.
func plain(err error) string {
	message := err.Error()
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		why := at.Path + ": " + at.Err.Error()
		if errors.Is(at, fs.ErrNotExist) {
			why = source.NotFound(at.Path).Error()
		}
		message = strings.Replace(message, at.Error(), why, 1)
	}
	return message
}

// suggestion puts cobra's list of the closest commands behind the message, as other messages have it.
func suggestion(message string) string {
	message, close, found := strings.Cut(strings.TrimSpace(message), "\n\nDid you mean this?\n")
	if found {
		message += "; did you mean " + strings.Join(strings.Fields(close), " or ") + "?"
	}
	return message
}

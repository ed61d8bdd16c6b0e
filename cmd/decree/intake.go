package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/schollz/progressbar/v3"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/engine/event"
	"decree/rules/diag"
)

// intake feeds files to the engine and accounts for every line.
type intake struct {
	engine          *engine.Engine
	params          runParams
	streams         *stdio.Streams
	lines, rejected int
	shown           int
	bar             *progressbar.ProgressBar
	barErr          error
	kept            *output.Pending
	keptErr         error
	passed          []string // files of folders that are no logs
	unreadable      bool     // of some file not all was read, or nothing of it was an event
	unfit           bool     // of some file no event is of the model
}

// shownRejects bounds how many bad lines are reported one by one.
const shownRejects = 20

// clearBar makes room on a terminal that shows matches and progress both.
func (in *intake) clearBar() {
	if in.streams.OutTerminal && in.streams.ErrTerminal {
		in.barErr = errors.Join(in.barErr, in.bar.Clear())
	}
}

func (in *intake) readAll(files event.Files) (err error) {
	in.passed = files.Passed
	for _, err := range files.Errs {
		in.blame("%v", err)
	}
	if in.params.rejects != "" {
		if in.kept, err = output.Create(in.params.rejects, in.params.force); err != nil {
			return fmt.Errorf("--rejects: %w", err)
		}
		defer func() { err = errors.Join(err, in.kept.Discard()) }()
	}
	for _, file := range files.Paths {
		if files.Doubt[file] && !in.isLog(file) {
			in.passed = append(in.passed, file)
			continue
		}
		if err := in.read(file); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	if len(in.passed) > 0 && len(in.passed) >= len(files.Paths)+len(files.Passed) {
		in.blame("there are no events in %s", strings.Join(in.params.events, ", "))
	}
	if in.kept != nil {
		if in.keptErr == nil {
			in.keptErr = in.kept.Commit()
		}
		if in.keptErr != nil { // what stood there before is left
			return fmt.Errorf("cannot write --rejects: %w", in.keptErr)
		}
	}
	return in.bar.Finish()
}

// notAmong refuses to write rejected lines over one of the files that the run reads.
func notAmong(rejects string, files []string) error {
	to, err := os.Stat(rejects)
	if err != nil || !to.Mode().IsRegular() {
		return nil // not there yet, or nothing that is replaced
	}
	for _, file := range files {
		if from, err := os.Stat(file); err == nil && os.SameFile(to, from) {
			return fmt.Errorf("--rejects %s is one of the files that are read: choose another name", rejects)
		}
	}
	return nil
}

// blame says what is wrong with the input, and that not all of it was read. The other files are read.
func (in *intake) blame(format string, args ...any) {
	in.unreadable = true
	in.clearBar()
	fmt.Fprintf(in.streams.Err, "error: %s\n", diag.Visible(fmt.Sprintf(format, args...)))
}

// probedEvents bounds how many events of a file are looked at to tell whether it is a log.
const probedEvents = 100

// isLog tells whether a file of a folder whose name says little has an event of the model. What cannot be read, or goes on, is for read.
func (in *intake) isLog(file string) bool {
	r, err := event.Open(file, event.Options{MaxLine: in.params.maxLine})
	if err != nil {
		return true
	}
	defer func() { _ = r.Close() }() // it was only looked at
	for range probedEvents {
		raw, err := r.NextRaw()
		switch {
		case errors.Is(err, io.EOF):
			return false
		case err != nil:
			return true
		case raw.Err == nil && in.engine.Fits(raw.Data):
			return true
		}
	}
	return true
}

func (in *intake) read(file string) error {
	r, err := event.Open(file, event.Options{Stdin: in.streams.In, MaxLine: in.params.maxLine, OnReject: in.reject})
	if err != nil {
		in.blame("%v", err)
		return nil
	}
	err = in.engine.Run(r, file, in.params.workers, func(events int) { in.barErr = errors.Join(in.barErr, in.bar.Add(events)) })
	in.lines += r.Lines()
	in.rejected += r.Rejected()
	for _, note := range r.Notes() {
		in.clearBar()
		fmt.Fprintf(in.streams.Err, "note: %s: %s\n", diag.Visible(file), diag.Visible(note))
	}
	switch events := r.Lines() - r.Rejected(); {
	case r.Broken() != "":
		in.blame("%s: not all of it was read: %s", file, r.Broken())
	case events == 0 && r.Rejected() > 0:
		in.blame("%s: nothing in it is an event", file)
	case events > 0 && !in.engine.Fitted() && len(in.engine.Rules()) > 0:
		in.unfit = true
		in.clearBar()
		fmt.Fprintf(in.streams.Err, "error: %s: no event has a field that the rules or the log sources of the data model name: does --model name the product that the events come from?\n", diag.Visible(file))
	}
	return errors.Join(err, in.barErr, r.Close())
}

// shownPassed bounds how many files are named that were passed over.
const shownPassed = 3

func (in *intake) showPassed() {
	if len(in.passed) == 0 {
		return
	}
	names := strings.Join(in.passed[:min(len(in.passed), shownPassed)], ", ")
	if len(in.passed) > shownPassed {
		names += ", …"
	}
	fmt.Fprintf(in.streams.Err, "%d files are no logs of the data model and were passed over: %s\n", len(in.passed), diag.Visible(names))
}

func (in *intake) reject(r event.Reject) {
	if in.shown++; in.shown <= shownRejects {
		fmt.Fprintf(in.streams.Err, "rejected %s:%d: %s\n", diag.Visible(r.Source), r.Line, diag.Visible(r.Reason))
	} else if in.shown == shownRejects+1 {
		fmt.Fprintf(in.streams.Err, "further rejected lines are counted, and kept with --rejects\n")
	}
	if in.kept != nil && in.keptErr == nil {
		_, in.keptErr = in.kept.WriteString(event.FormatReject(r))
	}
}

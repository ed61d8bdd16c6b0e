// Package exit turns the error of a command into the exit code of the process.
package exit

import (
	"errors"
	"slices"

	"decree/rules/diag"
	"decree/rules/source"
)

// The exit codes.
const (
	fine   = 0
	found  = 1        // lint errors, failed tests, matches with --fail-on-match
	Usage  = 2        // wrong usage, unreadable input, unwritable output
	Closed = 128 + 13 // standard output was closed: as after SIGPIPE

	interrupted = 128 + 2 // as after SIGINT
)

// ErrFindings ends a command that has shown findings.
var ErrFindings = errors.New("findings")

// ErrUnreadable ends a command that has said which file it could not read.
var ErrUnreadable = errors.New("unreadable")

// ErrInterrupted ends a command that its user interrupted, and that has said what is missing.
var ErrInterrupted = errors.New("interrupted")

// Shown tells whether an error was already shown to the user.
func Shown(err error) bool {
	return errors.Is(err, ErrFindings) || errors.Is(err, ErrUnreadable) || errors.Is(err, ErrInterrupted)
}

// After gives the error of a command that has shown its findings: nil if none of them is an error.
func After(found diag.Diagnostics) error { return AfterFailure(false, found) }

// AfterFailure is the same for a command that fails for another reason, too, if failed is true.
func AfterFailure(failed bool, found diag.Diagnostics) error {
	switch {
	case slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == source.UnreadableFile }):
		return ErrUnreadable
	case failed || found.HasErrors():
		return ErrFindings
	}
	return nil
}

// Code gives the exit code for the error of a command. nil is fine.
func Code(err error) int {
	switch {
	case err == nil:
		return fine
	case errors.Is(err, ErrFindings):
		return found
	case errors.Is(err, ErrInterrupted):
		return interrupted
	}
	return Usage
}

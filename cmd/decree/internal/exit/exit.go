// Package exit says how a command ends: the error that it returns becomes the exit code of the process.
package exit

import (
	"errors"
	"slices"

	"decree/rules/diag"
	"decree/rules/source"
)

// The exit codes.
const (
	Fine   = 0
	Found  = 1        // lint errors, failed tests, matches with --fail-on-match
	Usage  = 2        // wrong usage, unreadable input, unwritable output
	Closed = 128 + 13 // as if by SIGPIPE, where the system has none
)

// ErrFindings ends a command whose findings were already shown.
var ErrFindings = errors.New("findings")

// ErrUnreadable ends a command whose findings, already shown, say that a file cannot be read.
var ErrUnreadable = errors.New("unreadable")

// Shown tells whether an error was already shown to the user.
func Shown(err error) bool { return errors.Is(err, ErrFindings) || errors.Is(err, ErrUnreadable) }

// After is how a command ends that has shown what it found; fails is whether there is another reason to fail.
func After(found diag.Diagnostics, fails bool) error {
	switch {
	case slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == source.UnreadableFile }):
		return ErrUnreadable
	case fails || found.HasErrors():
		return ErrFindings
	}
	return nil
}

// Code is the exit code for the error that a command returned; nil is Fine.
func Code(err error) int {
	switch {
	case err == nil:
		return Fine
	case errors.Is(err, ErrFindings):
		return Found
	}
	return Usage
}

// Package stdio holds the streams of a command, and writes JSON to them. Commands get their streams as a value, so that
// tests run them on buffers.
package stdio

import (
	"cmp"
	"io"

	"decree/rules/diag"
)

// Streams are the streams of a command. Out and Err are coloured only on a terminal. Commands need not check for errors
// of Out: main does so when the command ends.
type Streams struct {
	In          io.Reader
	Out, Err    io.Writer
	OutTerminal bool
	ErrTerminal bool
	// of the terminal that Out is, or of COLUMNS; 0 if there is neither: tables then have a line for each row and
	// findings one for each message, however wide
	Columns int
}

// pageColumns are the columns of reports and of prose, which people read also from a pipe, such as in the log of a CI
// job.
const pageColumns = 80

// PageColumns are how many columns a report may take: those of the terminal, or else 80.
func (s *Streams) PageColumns() int { return cmp.Or(s.Columns, pageColumns) }

// ProseColumns are how many columns prose takes: no line is longer than one can read.
func (s *Streams) ProseColumns() int { return min(s.PageColumns(), pageColumns) }

// WriteJSON writes a value to Out as indented JSON.
func (s *Streams) WriteJSON(v any) error { return diag.WriteJSON(s.Out, v) }

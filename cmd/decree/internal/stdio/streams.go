// Package stdio holds the streams of a command, and writes JSON to them. Commands get their streams as a value, so that tests run them on
// buffers.
package stdio

import (
	"io"

	"decree/rules/diag"
)

// Streams are the streams of a command. Out and Err are coloured only on a terminal. Commands need not check for errors of Out: main does so when
// the command ends.
type Streams struct {
	In          io.Reader
	Out, Err    io.Writer
	OutTerminal bool
	ErrTerminal bool
	Columns     int // of the terminal that Out is; 0 if it is none
}

// WriteJSON writes a value to Out as indented JSON.
func (s *Streams) WriteJSON(v any) error { return diag.WriteJSON(s.Out, v) }

// Package stdio holds what a command reads from and writes to. Commands get their streams as a value, so that a test
// can run them on buffers.
package stdio

import (
	"io"

	"decree/rules/diag"
)

// Streams are a command's surroundings. Err is never coloured unless ErrTerminal. What Out is given and cannot
// take is an error of the command, which run finds.
type Streams struct {
	In          io.Reader
	Out, Err    io.Writer
	OutTerminal bool
	ErrTerminal bool
}

// WriteJSON writes a value to Out as indented JSON.
func (s *Streams) WriteJSON(v any) error { return diag.WriteJSON(s.Out, v) }

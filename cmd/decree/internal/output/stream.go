package output

import (
	"bufio"
	"errors"

	"decree/cmd/decree/internal/stdio"
)

// Stream is a file in place of a command's standard output.
type Stream struct {
	*stdio.Streams // of which Out is the file

	pending  *Pending // nil: Out is standard output
	buffered *bufio.Writer
	written  *stdio.Writer
}

// Redirect sends what a command prints to a new file, or to standard output if there is no path. An existing file is an
// error without force.
func Redirect(s *stdio.Streams, path string, force bool) (*Stream, error) {
	if path == "" {
		return &Stream{Streams: s}, nil
	}
	p, err := CreateNew(path, force)
	if err != nil {
		return nil, err
	}
	out := &Stream{pending: p, written: &stdio.Writer{To: p}}
	out.buffered = bufio.NewWriterSize(out.written, 1<<16)
	out.Streams = &stdio.Streams{In: s.In, Out: out.buffered, Err: s.Err, ErrTerminal: s.ErrTerminal}
	return out, nil
}

// Commit moves the file to its name.
func (o *Stream) Commit() error {
	if o.pending == nil {
		return nil
	}
	if err := errors.Join(o.buffered.Flush(), o.written.Err); err != nil {
		return errors.Join(unwritable(o.pending.to, err), o.pending.Discard())
	}
	return o.pending.Commit()
}

// Discard leaves what was there before. After Commit it does nothing.
func (o *Stream) Discard() error {
	if o.pending == nil {
		return nil
	}
	return o.pending.Discard()
}

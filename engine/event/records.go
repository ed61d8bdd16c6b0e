package event

import (
	"errors"
	"io"

	"decree/engine/event/evtx"
)

// nextRecord gives the next record of a Windows event log. Its line is its number in the file,
// from 1. Damaged records are rejected, and reading goes on.
func (r *Reader) nextRecord() (Raw, error) {
	r.line++
	record, err := r.records.Next()
	var damage evtx.Damage
	switch {
	case errors.Is(err, io.EOF):
		return Raw{}, io.EOF
	case errors.As(err, &damage):
		if damage.Part {
			r.broken = damage.Reason
		}
		return r.bad(r.line, nil, "%s", damage.Reason)
	case err != nil:
		r.broken = err.Error()
		raw, bad := r.bad(r.line, nil, "cannot read the rest of the file: %v", err)
		r.records = evtx.NewReader(eof{})
		return raw, bad
	}
	r.lines++
	return Raw{Line: r.line, Content: recordContent(record)}, nil
}

// eof is an empty file.
type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

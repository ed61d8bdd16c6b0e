package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"decree/engine/event/evtx"
)

// nextRecord gives the next record of a Windows event log, as JSON of its fields. Its line is its number in the file,
// from 1. Damaged records are rejected, and reading goes on.
func (r *Reader) nextRecord() (Raw, error) {
	r.line++
	fields, err := r.records.Next()
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
	return r.encoded(r.line, fields)
}

// encoded writes the fields of an event as JSON, the form in which events are passed on.
func (r *Reader) encoded(line int, fields any) (Raw, error) {
	var data bytes.Buffer
	enc := json.NewEncoder(&data)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(fields); err != nil {
		return r.bad(line, nil, "not JSON: %v", err)
	}
	r.lines++
	return Raw{Line: line, Data: bytes.TrimSuffix(data.Bytes(), []byte("\n"))}, nil
}

// eof is an empty file.
type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

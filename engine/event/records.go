package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"decree/engine/event/evtx"
)

// nextRecord gives the next record of a Windows event log, as the JSON of its fields. Its line is
// its place in the file, from 1. What is damaged is rejected, and the reading goes on.
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
		raw, bad := r.bad(r.line, nil, "the file cannot be read on: %v", err)
		r.records = evtx.NewReader(eof{})
		return raw, bad
	}
	return r.encoded(r.line, fields)
}

// encoded gives fields that a reader found as JSON, which is what events are handed on as.
func (r *Reader) encoded(line int, fields any) (Raw, error) {
	var data bytes.Buffer
	enc := json.NewEncoder(&data)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(fields); err != nil {
		return r.bad(line, nil, "no JSON: %v", err)
	}
	r.lines++
	return Raw{Line: line, Data: bytes.TrimSuffix(data.Bytes(), []byte("\n"))}, nil
}

// eof is a file that ends at once.
type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

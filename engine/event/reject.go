package event

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Reject is a line that is not an event.
type Reject struct {
	Source string `json:"source"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
	Raw    []byte `json:"-"`
	// TooLong tells that a greater Options.MaxLine would read it.
	TooLong bool `json:"-"`
}

// tooLong is an error of what takes more than Options.MaxLine allows.
type tooLong struct{ reason string }

func (e *tooLong) Error() string { return e.reason }

// FormatReject writes a reject as one line of JSON. Bytes that are not UTF-8 are also included in base64.
func FormatReject(r Reject) string {
	kept := struct {
		Reject
		Raw    string `json:"raw"`
		Base64 []byte `json:"raw_base64,omitempty"`
	}{Reject: r, Raw: string(r.Raw)}
	if !utf8.Valid(r.Raw) {
		kept.Base64 = r.Raw
	}
	line, err := json.Marshal(kept)
	if err != nil {
		panic(err) // strings and ints always marshal
	}
	return string(line) + "\n"
}

// refusal gives the reason why a file is not read as its only line.
func (r *Reader) refusal() (Raw, error) {
	r.broken = r.refused
	r.refused, r.rows, r.started, r.in = "", nil, true, bufio.NewReader(bytes.NewReader(nil))
	return r.bad(1, nil, "%s", r.broken)
}

// Reject counts a line from NextRaw as rejected, for the reason in its Err. It may be called while another goroutine
// reads.
func (r *Reader) Reject(raw Raw) {
	r.rejected++
	if r.opt.OnReject != nil {
		long := (*tooLong)(nil)
		r.opt.OnReject(Reject{r.source, raw.Line, raw.Err.Error(), bytes.Clone(raw.text), errors.As(raw.Err, &long)})
	}
}

// long gives the beginning of what is longer than Options.MaxLine.
func (r *Reader) long(line int, data []byte, what string, size int) (Raw, error) {
	return r.bad(line, data[:min(len(data), keptRaw)], "%w", &tooLong{fmt.Sprintf("%s of %d bytes is longer than %d", what, size, r.opt.MaxLine)})
}

// bad gives a line that is not an event. It keeps no more of data than it shows.
func (r *Reader) bad(line int, data []byte, format string, args ...any) (Raw, error) {
	r.lines++
	if cap(data) > len(data)+keptRaw {
		data = bytes.Clone(data)
	}
	return Raw{Line: line, Content: TextContent(data), Err: fmt.Errorf(format, args...)}, nil
}

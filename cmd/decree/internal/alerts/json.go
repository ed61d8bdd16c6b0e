package alerts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/diag"
	"decree/rules/ir"
)

// jsonSink writes an array of matches.
type jsonSink struct {
	out    io.Writer
	array  *stdio.Array
	fields []string
}

// Add writes a match.
func (j *jsonSink) Add(a Alert) { j.array.Add(shown(a, j.fields)) }

// Close ends the array.
func (j *jsonSink) Close(suspended []engine.Suspension, _ []*ir.Rule) error {
	for _, s := range suspended {
		j.array.Add(NewSuspension(s))
	}
	err := j.array.Close()
	_, more := fmt.Fprintln(j.out)
	return errors.Join(err, more)
}

// ndjsonSink writes a match a line.
type ndjsonSink struct {
	out    io.Writer
	fields []string
	err    error
}

// Add writes a match.
func (n *ndjsonSink) Add(a Alert) { n.write(shown(a, n.fields)) }

func (n *ndjsonSink) write(v any) {
	if n.err != nil {
		return
	}
	line, err := diag.JSON(v)
	if err == nil {
		_, err = n.out.Write(append(diag.VisibleJSON(line), '\n'))
	}
	n.err = err
}

// Close writes the suspended rules, and gives the first error.
func (n *ndjsonSink) Close(suspended []engine.Suspension, _ []*ir.Rule) error {
	for _, s := range suspended {
		n.write(NewSuspension(s))
	}
	return n.err
}

// shown is what JSON shows of a match: all of it, or chosen fields.
func shown(a Alert, fields []string) any {
	if len(fields) == 0 {
		return a.Whole()
	}
	return chosen{a.Whole(), fields}
}

// chosen is a match of which JSON has some fields, in their order.
type chosen struct {
	of     Whole
	fields []string
}

// MarshalJSON writes the fields. A column has its value as in the whole match; what the match does not have is null.
func (c chosen) MarshalJSON() ([]byte, error) {
	whole, err := diag.JSON(c.of)
	if err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(whole, &members); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for i, name := range c.fields {
		value, ok := members[name]
		if text, is := c.of.Fields[name]; is {
			if value, err = diag.JSON(text); err != nil {
				return nil, err
			}
		} else if !ok {
			value = json.RawMessage("null")
		}
		key, err := diag.JSON(name)
		if err != nil {
			return nil, err
		}
		b.WriteByte("{,"[min(i, 1)])
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

package alerts

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/engine/event"
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
		return WithEvent(a, a)
	}
	return chosen{a, fields}
}

// withEvent is the JSON form of a match: the members of a value that has its fields, and the event.
type withEvent struct {
	value any
	of    *event.Event
}

// WithEvent gives the JSON form of a match. value has its fields, and perhaps others.
func WithEvent(value any, a Alert) diag.Appender { return withEvent{value, a.of} }

// AppendJSON appends the members of the value, and the event, which is not decoded if its text has what its fields
// have.
func (w withEvent) AppendJSON(to []byte) ([]byte, error) {
	members, err := diag.JSON(w.value)
	if err != nil {
		return to, err
	}
	to = append(to, bytes.TrimSuffix(members, []byte("}"))...)
	to, err = w.of.AppendJSON(append(to, `,"event":`...))
	return append(to, '}'), err
}

// chosen is a match of which JSON has some fields, in their order.
type chosen struct {
	of     Alert
	fields []string
}

// MarshalJSON writes the fields. A column has its value as in the whole match; what the match does not have is null.
func (c chosen) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, name := range c.fields {
		key, err := diag.JSON(name)
		if err != nil {
			return nil, err
		}
		value, err := diag.JSON(c.member(name))
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

// member gives a field's value, or nil.
func (c chosen) member(name string) any {
	if text, is := c.of.Fields[name]; is {
		return text
	}
	if name == "event" {
		return c.of.of.Fields()
	}
	at, is := jsonMembers[name]
	if !is {
		return nil
	}
	value := reflect.ValueOf(c.of).Field(at.index)
	if at.omitempty && (value.IsZero() || (value.Kind() == reflect.Slice || value.Kind() == reflect.Map) && value.Len() == 0) {
		return nil
	}
	return value.Interface()
}

// jsonMember is a field of Alert that JSON has.
type jsonMember struct {
	index     int
	omitempty bool
}

// jsonMembers are those fields, by their names in JSON.
var jsonMembers = func() map[string]jsonMember {
	out := map[string]jsonMember{}
	of := reflect.TypeFor[Alert]()
	for i := range of.NumField() {
		if name, options, _ := strings.Cut(of.Field(i).Tag.Get("json"), ","); name != "" {
			out[name] = jsonMember{i, options == "omitempty"}
		}
	}
	return out
}()

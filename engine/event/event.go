// Package event reads events from files. In: NDJSON, JSON arrays, single JSON objects, CSV, Windows event logs and
// their XML, and logs of text, plain or compressed with gzip or zstd, in UTF-8 or UTF-16. Out: one Event at a time.
// Lines that are not events are rejected and counted, and never stop the reading. Every line is accounted for.
package event

import (
	"slices"
	"strconv"
	"strings"
)

// Event is one event as its product wrote it. It is not for several goroutines at a time.
type Event struct {
	Source string // file name, or - for standard input
	Line   int    // where the event begins, from 1
	Raw    []byte // its JSON text
	fields map[string]any
}

// Of gives an event that has some fields, as Decode gives them.
func Of(fields map[string]any) *Event { return &Event{fields: fields} }

// Fields are what Decode gives of the text, which was read as an event before. The text is decoded when they are first
// asked for.
func (e *Event) Fields() map[string]any {
	if e.fields == nil && e.Raw != nil {
		fields, err := Decode(e.Raw)
		if err != nil {
			panic("event: a text that was read as an event cannot be decoded: " + err.Error())
		}
		e.fields = fields
	}
	return e.fields
}

// Keep gives the event of an input that may be in lent memory: it copies a text, and writes a record as JSON.
func Keep(in Input) *Event {
	text := in.JSON()
	if in.Record() == nil {
		text = slices.Clone(text)
	}
	return &Event{Source: in.Source, Line: in.Line, Raw: text}
}

// Origin is where an event came from.
type Origin struct {
	Source string // file name, or - for standard input
	Line   int    // where the event begins, from 1
	Order  int    // its place among all events that were read, from 0
}

// String writes the origin as errors begin.
func (o Origin) String() string { return o.Source + ":" + strconv.Itoa(o.Line) }

// Input is what an event holds, and where it came from.
type Input struct {
	Origin
	Content
}

// Fact is one property of an event.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Lookup gives a column's value: that of the exact key, or else that of the path that the dots of the name describe.
// It goes into objects, not into lists of them: document.Decoded reads what rules test. Values are string, json.Number,
// bool, nil, []any or map[string]any.
func (e *Event) Lookup(column string) (any, bool) { return lookup(e.Fields(), column) }

func lookup(fields map[string]any, column string) (any, bool) {
	if v, ok := fields[column]; ok {
		return v, true
	}
	for i := strings.IndexByte(column, '.'); i >= 0; {
		if inner, ok := fields[column[:i]].(map[string]any); ok {
			if v, ok := lookup(inner, column[i+1:]); ok {
				return v, true
			}
		}
		next := strings.IndexByte(column[i+1:], '.')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return nil, false
}

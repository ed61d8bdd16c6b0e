package document

import (
	"math"
	"unsafe"

	"decree/engine/event/winevent"
)

// Converters of Windows' logs write a record as {"Event": {"System": …, "EventData": …}}. This file reads it with
// package winevent, as event.Decode does. What depends on the order of keys or stands beside Event is left to
// event.Decode, by d.wrapped.

// recordDepth is the depth that the fields of a record claim their columns with.
const recordDepth = 60

// recordReader reads records as a source of winevent, and is the sink of their fields. A value is numbered by its place
// in the text.
type recordReader struct {
	d         *Document
	converter *winevent.Converter
	flattener *winevent.Flattener
}

func newRecordReader(d *Document) *recordReader {
	r := &recordReader{d: d}
	r.converter, r.flattener = winevent.NewConverter(r), winevent.NewFlattener(r)
	return r
}

// read reads the value of Event, at its brace.
func (r *recordReader) read() error {
	d := r.d
	if len(d.data) > math.MaxInt32 { // more than there are numbers for values
		d.wrapped = true
		return d.ignored()
	}
	event, ok, err := r.converter.Event()
	d.wrapped = d.wrapped || !ok || r.converter.IsAmbiguous
	if err != nil || d.wrapped {
		return err
	}
	at, depth := d.at, d.depth
	r.flattener.Event(event)
	d.at, d.depth, d.path = at, depth, d.path[:0]
	return nil
}

// Kind implements winevent.Source.
func (r *recordReader) Kind() byte { return r.d.peek() }

// Members implements winevent.Source.
func (r *recordReader) Members(read func(key []byte) error) error { return r.d.members(read) }

// Items implements winevent.Source.
func (r *recordReader) Items(read func() error) error { return r.d.itemsOf(read) }

// Only implements winevent.Source. How many items a list has is not known before it is read.
func (r *recordReader) Only() { r.d.wrapped = true }

// Keep implements winevent.Source.
func (r *recordReader) Keep() (winevent.Ref, error) {
	d := r.d
	at := d.at
	return winevent.Ref(at + 1), d.ignored()
}

// String implements winevent.Source.
func (r *recordReader) String() (string, error) {
	b, err := r.d.token()
	return unsafe.String(unsafe.SliceData(b), len(b)), err
}

// Asks implements winevent.Source.
func (r *recordReader) Asks(field []byte) bool {
	l := r.d.layout
	if l.keywords || l.find(field) >= 0 || l.prefixes[string(field)] {
		return true
	}
	r.d.wrapped = r.d.wrapped || l.spaced(field)
	return false
}

// Field implements winevent.Sink.
func (r *recordReader) Field(name string, content winevent.Part) {
	d := r.d
	d.wrapped = d.wrapped || d.layout.spaced(bytesOf(name))
	var col *Value
	i := d.layout.find(bytesOf(name))
	if i >= 0 {
		col = d.claim(i, recordDepth)
	} else if !d.layout.keywords && !d.layout.prefixes[name] {
		return
	}
	if content.List == nil {
		if col != nil && content.JSON == 0 {
			d.repeatedText(i, col, content.Text)
		}
		r.value(col, name, content.Value)
		return
	}
	if col != nil {
		col.Present = d.layout.textless
	}
	for _, v := range content.List {
		r.value(col, name, v)
	}
}

// value reads a value into a column, which may be nil.
func (r *recordReader) value(col *Value, name string, v winevent.Value) {
	d := r.d
	if v.JSON == 0 {
		d.scalar(col, v.Text)
		return
	}
	d.at, d.depth = int(v.JSON)-1, 1
	of := asked{isPrefix: d.layout.prefixes[name], isList: d.layout.lists[name]}
	if err := d.value(col, d.brief(&of, bytesOf(name), 1)); err != nil {
		panic(err) // it was read before
	}
}

// ignored reads a value that is not part of the event, or not yet.
func (d *Document) ignored() error {
	if d.at >= len(d.data) {
		return errJSON
	}
	return d.over()
}

// peek is the next byte, or 0 at the end.
func (d *Document) peek() byte {
	if d.at < len(d.data) {
		return d.data[d.at]
	}
	return 0
}

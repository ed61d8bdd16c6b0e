package evtx

import (
	"slices"
	"unicode/utf8"

	"decree/engine/event/winevent"
)

// Record is one event of a log: its fields or, of a usual one, its shape and the places of its values, which are read
// when they are asked for. It does not change, until its memory is used again (Hold).
type Record struct {
	fields winevent.Fields
	shape  *Shape // nil if there are only fields
	chunk  []byte // that has the values
	values []value
	size   int
}

// RecordOf makes a record of fields.
func RecordOf(fields winevent.Fields) *Record { return &Record{fields: fields, size: fields.Size()} }

// Shape gives the record's shape, or nil if it only has fields.
func (r *Record) Shape() *Shape { return r.shape }

// Size is about how many bytes the names and values have.
func (r *Record) Size() int { return r.size }

// Value is a value of a record that has a shape: a text of the template, or bytes of a type.
type Value struct {
	Text  string
	Kind  byte
	Bytes []byte // nil for a text
}

// Len is how many values a field of the shape has.
func (r *Record) Len(field int) int { return len(r.shape.fields[field].Values) }

// Value gives a value of a field of the shape.
func (r *Record) Value(field, i int) Value {
	v := &r.shape.fields[field].Values[i]
	if v.Place == 0 {
		return Value{Text: v.Text}
	}
	own := &r.values[v.Place-1]
	return Value{Kind: own.kind, Bytes: r.chunk[own.start:own.end:own.end]}
}

// AppendTo appends the value's text.
func (v Value) AppendTo(out []byte) []byte {
	if v.Bytes == nil {
		return append(out, v.Text...)
	}
	out, _, err := appendValue(out, v.Kind, v.Bytes)
	if err != nil {
		panic(err) // walk found that it can be read
	}
	return out
}

// Fields gives all fields.
func (r *Record) Fields() winevent.Fields {
	if r.shape == nil {
		return r.fields
	}
	texts := memory{texts: make([]byte, 0, utf8.UTFMax*r.size+longestOther*len(r.values))}
	out := slices.Clone(r.shape.fields)
	for i := range out {
		out[i].Values = slices.Clone(out[i].Values)
		for j, v := range out[i].Values {
			if v.Place == 0 {
				continue
			}
			own := r.values[v.Place-1]
			read, err := texts.scalar(own.kind, r.chunk[own.start:own.end])
			if err != nil {
				panic(err) // walk found that it can be read
			}
			out[i].Values[j] = read
		}
	}
	return out
}

const (
	recordsAtOnce = 64
	valuesAtOnce  = 1 << 11
)

// made gives a record that only has fields.
func (r *Reader) made(fields winevent.Fields) *Record {
	rec := r.newRecord()
	*rec = Record{fields: fields, size: fields.Size()}
	return rec
}

// shaped gives the record that was walked, which has a shape.
func (r *Reader) shaped(s *Shape) *Record {
	rec, values := r.lend().record(r.walk.values)
	*rec = Record{shape: s, chunk: r.chunk.data, values: values, size: r.walk.size}
	return rec
}

// newRecord makes memory for many records at once.
func (r *Reader) newRecord() *Record {
	if len(r.records) == cap(r.records) {
		r.records = make([]Record, 0, recordsAtOnce)
	}
	r.records = r.records[:len(r.records)+1]
	return &r.records[len(r.records)-1]
}

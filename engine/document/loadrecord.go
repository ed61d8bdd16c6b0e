package document

import (
	"bytes"
	"unsafe"

	"decree/engine/event/evtx"
)

// shapeColumns is what a layout asks of the records of a shape.
type shapeColumns struct {
	fields []shapeColumn
	rest   []int // fields that only keywords ask for
	isOdd  bool  // event.Decode gives some field other names
}

// shapeColumn is a field that is asked for, and its column.
type shapeColumn struct{ field, column int }

// maxShapes bounds the shapes that are known. Each chunk of a log has shapes of its own.
const maxShapes = 1024

// loadRecord reads a record, as Load reads its JSON. Only what the layout asks for becomes text.
func (d *Document) loadRecord(r *evtx.Record) error {
	shape := r.Shape()
	if shape == nil {
		return d.loadFields(r.Fields())
	}
	columns := d.shapes[shape]
	if columns == nil {
		if len(d.shapes) >= maxShapes {
			clear(d.shapes)
		}
		columns = d.layout.columnsOf(shape)
		d.shapes[shape] = columns
	}
	if columns.isOdd {
		return d.Load(r.Fields().JSON())
	}
	d.begin()
	d.data = nil
	d.bits = 0
	for _, c := range columns.fields {
		col := d.claim(c.column, 0)
		if r.Len(c.field) == 1 {
			d.scalar(col, d.recordText(c.column, col, r.Value(c.field, 0)))
			continue
		}
		d.recordTexts(col, r, c.field)
	}
	if len(columns.rest) > 0 {
		d.rest = r
	}
	d.flat = d.form()
	d.finish()
	return nil
}

// readRest reads the fields of a record that only keywords ask for.
func (d *Document) readRest() {
	r := d.rest
	if r == nil {
		return
	}
	d.rest = nil
	for _, field := range d.shapes[r.Shape()].rest {
		d.recordTexts(nil, r, field)
	}
}

// recordTexts reads all texts of a field into a column, which may be nil.
func (d *Document) recordTexts(col *Value, r *evtx.Record, field int) {
	for i := range r.Len(field) {
		from := len(d.arena)
		d.arena = r.Value(field, i).AppendTo(d.arena)
		text := textOf(d.arena[from:])
		d.scalar(col, text)
		d.bits |= bitsOf(text)
	}
}

// columnsOf finds what the layout asks of a shape.
func (l *Layout) columnsOf(s *evtx.Shape) *shapeColumns {
	out := &shapeColumns{}
	for i := range s.Len() {
		name := bytesOf(s.Name(i))
		out.isOdd = out.isOdd || l.wraps(name) || l.spaced(name)
		if column := l.find(name); column >= 0 {
			out.fields = append(out.fields, shapeColumn{i, column})
		} else if l.keywords {
			out.rest = append(out.rest, i)
		}
	}
	return out
}

// recordText gives the text of a value, which is the only one of its column. If the column had the same bytes in the
// event before, they are only compared.
func (d *Document) recordText(column int, col *Value, v evtx.Value) string {
	if v.Bytes == nil {
		d.repeatedText(column, col, v.Text)
		return v.Text
	}
	last := &d.last[column]
	if last.kind == v.Kind && bytes.Equal(last.raw, v.Bytes) {
		col.Version = last.version
		d.bits |= last.bits
		last.changes = 0
		return textOf(last.text)
	}
	col.Version = d.newVersion()
	last.changes++
	always := last.changes > maxChanges && last.changes%retried != 0
	if always {
		last.gen, last.kind = 0, 0
	} else if len(v.Bytes) > maxCachedValue || d.cached > maxCached {
		d.cached -= cap(last.text) + cap(last.raw)
		*last, always = lastText{}, true
	}
	if always {
		from := len(d.arena)
		d.arena = v.AppendTo(d.arena)
		text := textOf(d.arena[from:])
		d.bits |= bitsOf(text)
		return text
	}
	d.cached -= cap(last.text) + cap(last.raw)
	last.raw, last.kind = append(last.raw[:0], v.Bytes...), v.Kind
	last.text = v.AppendTo(last.text[:0])
	d.cached += cap(last.text) + cap(last.raw)
	text := textOf(last.text)
	last.gen, last.version, last.bits = d.gen, col.Version, bitsOf(text)
	d.bits |= last.bits
	return text
}

func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

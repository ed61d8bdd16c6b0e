package document

import (
	"encoding/binary"
	"unsafe"

	"decree/engine/event/winevent"
)

// lastText is what a column of fields or of records had in the event before, as far as it is kept.
type lastText struct {
	text    []byte
	gen     uint32 // event that it is of
	version uint64 // of the value
	bits    uint64 // that its bytes have, as in Document.bits
	raw     []byte // of a value of a record: the bytes that it was read of
	kind    byte   // and their type; 0 for other texts

	changes uint32 // values of records in turn that were new
}

// loadFields reads an event whose fields a reader has made, as Load reads their JSON. Texts are those of the fields.
func (d *Document) loadFields(fields winevent.Fields) error {
	for _, f := range fields {
		if name := bytesOf(f.Name); d.layout.wraps(name) || d.layout.spaced(name) {
			return d.Load(fields.JSON())
		}
	}
	d.begin()
	d.data = nil
	d.bits = 0
	for _, f := range fields {
		i := d.layout.find(bytesOf(f.Name))
		if i < 0 && !d.layout.keywords {
			continue
		}
		var col *Value
		if i >= 0 {
			col = d.claim(i, 0)
		}
		if len(f.Values) == 1 && col != nil {
			d.repeatedText(i, col, f.Values[0].Text)
		}
		for _, v := range f.Values {
			d.scalar(col, v.Text)
			if len(f.Values) > 1 || col == nil {
				d.bits |= bitsOf(v.Text)
			}
		}
	}
	d.flat = d.form()
	d.finish()
	return nil
}

// repeatedText notes since when a column has had its text.
func (d *Document) repeatedText(column int, col *Value, text string) {
	last := &d.last[column]
	if last.gen == 0 || string(last.text) != text {
		d.cached -= cap(last.text)
		last.kind = 0
		if last.gen, last.version, last.bits = d.gen, d.newVersion(), bitsOf(text); len(text) > maxCachedValue || d.cached > maxCached {
			last.gen, last.text = 0, nil
		} else {
			last.text = append(last.text[:0], text...)
		}
		d.cached += cap(last.text)
		col.Version = last.version
		d.bits |= bitsOf(text)
		return
	}
	col.Version = last.version
	d.bits |= last.bits
}

// bitsOf gives the bits that some byte of a text has.
func bitsOf(text string) (seen uint64) {
	b := bytesOf(text)
	for ; len(b) >= 8; b = b[8:] {
		seen |= binary.LittleEndian.Uint64(b)
	}
	for _, c := range b {
		seen |= uint64(c)
	}
	return seen
}

// bytesOf gives the bytes of a text, which nobody may change.
func bytesOf(text string) []byte { return unsafe.Slice(unsafe.StringData(text), len(text)) }

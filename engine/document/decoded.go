package document

import (
	"slices"
	"sync"

	"decree/engine/event"
	"decree/rules/schema"
)

// Decoded reads columns of events that are kept, as a Document reads them of the event's text. It is made for many
// columns of one event after another, and safe for use by several goroutines.
type Decoded struct {
	mu    sync.Mutex
	doc   *Document
	event *event.Event // that doc has read; nil: none with all columns of its layout
}

// NewDecoded makes a reader of events of a data model.
func NewDecoded(m *schema.Model) *Decoded { return &Decoded{doc: New(NewLayout(m))} }

// Texts gives the texts that an event has in a column. The event must not change after the first call.
func (d *Decoded) Texts(ev *event.Event, c schema.Column) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	layout := d.doc.layout
	columns, slots := len(layout.columns), len(layout.slots)
	slot := layout.Slot(c)
	if len(layout.columns) > columns || len(layout.slots) > slots {
		d.doc, d.event = New(layout), nil
	}
	if d.event != ev {
		if ev.Raw == nil || d.doc.Load(ev.Raw) != nil { // an event that was made has only fields
			d.doc.loadDecoded(ev.Fields())
		}
		d.event = ev
	}
	return slices.Clone(d.doc.Slot(slot).Texts)
}

// loadDecoded reads an event whose fields are decoded. Texts are those of the fields.
func (d *Document) loadDecoded(fields map[string]any) {
	d.begin()
	d.data = nil
	d.fields(fields, 0)
	d.wrapped = true // the fields have Windows' own names already
	d.finish()
}

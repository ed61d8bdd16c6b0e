package event

import (
	"decree/engine/event/evtx"
	"decree/engine/event/winevent"
)

// Content is what an event holds: JSON text that is not parsed yet, or the record that a reader of Windows' logs or
// their XML made.
type Content struct {
	text   []byte
	record *evtx.Record // nil if there is only text
}

// TextContent is the content of an event that is JSON text.
func TextContent(json []byte) Content { return Content{text: json} }

// fieldContent is the content of an event whose fields are read already.
func fieldContent(fields winevent.Fields) Content { return Content{record: evtx.RecordOf(fields)} }

// recordContent is the content of an event that is a record of a log.
func recordContent(r *evtx.Record) Content { return Content{record: r} }

// IsNone tells whether there is neither text nor fields.
func (c Content) IsNone() bool { return c.text == nil && c.record == nil }

// Text gives the JSON text of an event that was read as text.
func (c Content) Text() []byte { return c.text }

// Record gives the record that a reader made, or nil for text.
func (c Content) Record() *evtx.Record { return c.record }

// JSON gives the event's text, or writes its fields as one. The text may be in lent memory.
func (c Content) JSON() []byte {
	if c.record != nil {
		return c.record.Fields().JSON()
	}
	return c.text
}

// Decode reads the event as Decode reads its text.
func (c Content) Decode() (map[string]any, error) {
	if c.record != nil {
		return unspaced(flatten(c.record.Fields().Map())), nil
	}
	return Decode(c.text)
}

// Size is how many bytes the text has, or about how many the record has.
func (c Content) Size() int {
	if c.record != nil {
		return c.record.Size()
	}
	return len(c.text)
}

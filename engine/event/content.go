package event

import "decree/engine/event/winevent"

// Content is what an event holds: JSON text that is not parsed yet, or the fields that a reader of Windows' logs or their XML made.
type Content struct {
	text   []byte
	fields *winevent.Fields // nil if there is only text
}

// TextContent is the content of an event that is JSON text.
func TextContent(json []byte) Content { return Content{text: json} }

// FieldContent is the content of an event whose fields are read already.
func FieldContent(fields winevent.Fields) Content { return Content{fields: &fields} }

// IsNone tells whether there is neither text nor fields.
func (c Content) IsNone() bool { return c.text == nil && c.fields == nil }

// Text gives the JSON text of an event that was read as text.
func (c Content) Text() []byte { return c.text }

// Fields gives the fields that a reader made; ok is false for text.
func (c Content) Fields() (fields winevent.Fields, ok bool) {
	if c.fields == nil {
		return nil, false
	}
	return *c.fields, true
}

// JSON gives the event's text, or writes its fields as one. The text may be in lent memory.
func (c Content) JSON() []byte {
	if c.fields != nil {
		return c.fields.JSON()
	}
	return c.text
}

// Decode reads the event as Decode reads its text.
func (c Content) Decode() (map[string]any, error) {
	if c.fields != nil {
		return unspaced(flatten(c.fields.Map())), nil
	}
	return Decode(c.text)
}

// Size is how many bytes the text has, or the names and values of the fields.
func (c Content) Size() int {
	if c.fields != nil {
		return c.fields.Size()
	}
	return len(c.text)
}

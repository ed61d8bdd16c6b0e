package document

import (
	"bytes"
	"strings"

	"decree/engine/event"
	"decree/rules/schema"
)

// Elements gives the elements of the array in a slot's column, as event.Decode has them, and nothing if the value is
// not an array. The event is decoded for that, once, if its text names the column.
func (d *Document) Elements(slot int) []any {
	for _, c := range d.layout.slots[slot].columns {
		column := d.layout.list[c]
		if !d.names(column) {
			continue
		}
		if v := d.layout.value(d.tree(), column); v != nil {
			return d.layout.array(v, column)
		}
	}
	return nil
}

// names tells whether the event may have a column: its text has the name, or may have it under another or with escapes.
// Fields that a reader has made are texts, of which none is an array.
func (d *Document) names(column string) bool {
	first, _, _ := strings.Cut(column, ".")
	escape := `\u`
	if strings.ContainsAny(first, `/\"`) {
		escape = `\`
	}
	return d.data != nil && (d.wrapped || d.lifted != 0 || d.flat != noForm || bytes.Contains(d.data, []byte(first)) || bytes.Contains(d.data, []byte(escape)))
}

// tree is the current event, decoded.
func (d *Document) tree() map[string]any {
	if d.decodedGen != d.gen {
		d.decodedGen = d.gen
		fields, err := event.Decode(d.data)
		if err != nil {
			panic("document: an event that was read cannot be decoded: " + err.Error())
		}
		d.decoded = fields
	}
	return d.decoded
}

// AskElements asks for the elements of the array in a slot's column.
func (l *Layout) AskElements(slot int) {
	for _, c := range l.slots[slot].columns {
		l.arrays[l.list[c]] = true
	}
}

// array reads a value as an array, which may be written as a text of JSON.
func (l *Layout) array(v any, column string) []any {
	if text, ok := v.(string); ok && l.arrays[column] {
		v = embedded(text, true)
	}
	list, _ := v.([]any)
	return list
}

// value finds a column's value among decoded fields: that of the exact key, or of the path that the dots describe. A
// part of the path may be a text of JSON, in a column that may hold one.
func (l *Layout) value(fields map[string]any, column string) any {
	if v, ok := fields[column]; ok {
		return v
	}
	for at := range len(column) {
		if column[at] != '.' {
			continue
		}
		inner := fields[column[:at]]
		if text, ok := inner.(string); ok && (l.jsonColumns[column[:at]] || column[:at+1] == schema.RawPrefix) && strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") {
			if parsed, err := event.Object([]byte(text)); err == nil {
				inner = parsed
			}
		}
		if below, ok := inner.(map[string]any); ok {
			if v := l.value(below, column[at+1:]); v != nil {
				return v
			}
		}
	}
	return nil
}

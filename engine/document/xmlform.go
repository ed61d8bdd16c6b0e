package document

import "bytes"

// EVTX converters write a record as {"Event": {"System": …, "EventData": …}}. event.Decode flattens it to
// Sigma's names; this file does the same while it reads the text. If the form has something
// unusual (fields beside Event, a duplicate name), d.wrapped leaves the event to event.Decode.

// The depth of the fields of each section. Of two fields with one name, EventData's wins.
const (
	fromEventData = 60 + iota
	fromInnerEventData
	fromUserData
	fromInnerUserData
	fromSystem
)

// xmlForm reads the value of Event, at its brace.
func (d *Document) xmlForm() error {
	var system, eventData, userData, data, odd bool
	d.record = false
	err := d.members(func(key []byte) error {
		var again bool
		read := d.ignored
		inside := d.peek() == '{'
		switch string(key) {
		case "System":
			again, system = system, true
			if inside {
				read = d.system
			}
		case "EventData":
			again, eventData = eventData, true
			if inside {
				data = true
				read = func() error { return d.section(fromEventData) }
			}
			d.wrapped = d.wrapped || d.peek() == '"'
		case "UserData":
			again, userData = userData, true
			if inside {
				data = true
				read = func() error { return d.section(fromUserData) }
			}
			d.wrapped = d.wrapped || d.peek() == '"'
		default:
			odd = odd || string(key) != "#attributes"
		}
		d.wrapped = d.wrapped || again
		return read()
	})
	d.wrapped = d.wrapped || !(d.record || data && !odd)
	return err
}

// marked tells a key of System that tools write an element's attributes or text under, or a list, which event.Decode reads.
func (d *Document) marked(key []byte) bool {
	return unplain(key) || d.peek() == '[' || string(key) == "Value"
}

// system reads System: elements by their names, their attributes as Element_Attribute.
func (d *Document) system() error {
	var objects [16][]byte
	count := 0
	return d.members(func(key []byte) error {
		for _, before := range objects[:count] {
			d.wrapped = d.wrapped || string(before) == string(key)
		}
		d.wrapped = d.wrapped || d.marked(key)
		switch string(key) {
		case "EventID", "Channel", "Provider", "Computer":
			d.record = true
		}
		if d.peek() != '{' {
			return d.value(d.fieldAt(key, fromSystem), false)
		}
		if count == len(objects) {
			d.wrapped = true
			return d.ignored()
		}
		objects[count] = key
		count++
		return d.element(key)
	})
}

// element reads an element of System that has attributes, plain or below #attributes, and perhaps #text.
func (d *Document) element(name []byte) error {
	var apart, plain bool
	return d.members(func(key []byte) error {
		switch {
		case string(key) == "#attributes" && d.peek() == '{':
			d.wrapped = d.wrapped || apart || plain
			apart = true
			return d.members(func(key []byte) error { return d.attribute(name, key) })
		case string(key) == "#text":
			return d.value(d.fieldAt(name, fromSystem), false)
		case d.marked(key):
			d.wrapped = true
		}
		d.wrapped = d.wrapped || apart
		plain = true
		return d.attribute(name, key)
	})
}

func (d *Document) attribute(name, key []byte) error {
	d.path = append(append(append(d.path[:0], name...), '_'), key...)
	col := d.fieldAt(d.path, fromSystem)
	if string(d.path) == "TimeCreated_SystemTime" {
		if col != nil {
			d.wrapped = d.wrapped || d.layout.find([]byte("TimeCreated")) >= 0 // one value for two columns
		} else {
			col = d.fieldAt([]byte("TimeCreated"), fromSystem)
		}
	}
	return d.value(col, false)
}

// section reads EventData or UserData: each value by its name, those of objects too, however deep.
func (d *Document) section(distance int) error {
	objects := 0
	return d.members(func(key []byte) error {
		switch {
		case string(key) == "#attributes":
			return d.ignored()
		case d.peek() != '{':
			d.wrapped = d.wrapped || unplain(key) || (d.peek() == '[' && string(key) == "Data")
			return d.value(d.fieldAt(key, distance), false)
		}
		objects++
		d.wrapped = d.wrapped || unplain(key) || string(key) == "Data"
		d.wrapped = d.wrapped || objects > 1
		return d.inner(distance + 1)
	})
}

// inner reads an object of data. One with #text is a value itself.
func (d *Document) inner(distance int) error {
	return d.members(func(key []byte) error {
		switch {
		case string(key) == "#attributes":
			return d.ignored()
		case unplain(key) || d.peek() == '{' || (d.peek() == '[' && string(key) == "Data"):
			d.wrapped = true
			return d.ignored()
		}
		return d.value(d.fieldAt(key, distance), false)
	})
}

// unplain tells whether a key of data may be something other than a field's name.
func unplain(key []byte) bool {
	if len(key) == 0 {
		return false
	}
	switch key[0] {
	case '@', '-', '$', '_', '#':
		return true
	}
	return bytes.HasSuffix(key, []byte("_attributes"))
}

// fieldAt gives a field's column; nil if it is not asked for or has a value of less depth.
func (d *Document) fieldAt(name []byte, distance int) *Value {
	d.wrapped = d.wrapped || d.layout.spaced(name)
	if i := d.layout.find(name); i >= 0 {
		return d.claim(i, distance)
	}
	return nil
}

// ignored reads a value that is not part of the event.
func (d *Document) ignored() error {
	every := d.all
	err := d.value(nil, false)
	d.all = every
	return err
}

// peek is the next byte, or 0 at the end.
func (d *Document) peek() byte {
	if d.at < len(d.data) {
		return d.data[d.at]
	}
	return 0
}

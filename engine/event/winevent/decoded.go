package winevent

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
)

// decoded is a place in decoded JSON, whose values are string, json.Number, bool, nil, []any and map[string]any. It is
// also the sink of its fields.
type decoded struct {
	value  any
	kept   []any
	fields map[string]any

	converter *Converter
	flattener *Flattener
}

// places are used again: each has the memory of a converter.
var places = sync.Pool{New: func() any {
	d := &decoded{}
	d.converter, d.flattener = NewConverter(d), NewFlattener(d)
	return d
}}

// Kind implements Source.
func (d *decoded) Kind() byte {
	switch d.value.(type) {
	case map[string]any:
		return '{'
	case []any:
		return '['
	case string:
		return '"'
	case bool, json.Number:
		return '0'
	}
	return 'n'
}

// Members implements Source.
func (d *decoded) Members(read func(key []byte) error) error {
	object, _ := d.value.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(object)) {
		d.value = object[key]
		if err := read([]byte(key)); err != nil {
			return err
		}
	}
	return nil
}

// Items implements Source.
func (d *decoded) Items(read func() error) error {
	list, _ := d.value.([]any)
	for _, item := range list {
		d.value = item
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}

// Only implements Source.
func (d *decoded) Only() {
	if list, _ := d.value.([]any); len(list) == 1 {
		d.value = list[0]
	}
}

// Keep implements Source.
func (d *decoded) Keep() (Ref, error) {
	d.kept = append(d.kept, d.value)
	return Ref(len(d.kept)), nil
}

// String implements Source.
func (d *decoded) String() (string, error) {
	text, _ := d.value.(string)
	return text, nil
}

// Asks implements Source.
func (d *decoded) Asks([]byte) bool { return true }

// Field implements Sink.
func (d *decoded) Field(name string, content Part) {
	if content.List == nil {
		d.fields[name] = d.any(content.Value)
		return
	}
	list := make([]any, len(content.List))
	for i, v := range content.List {
		list[i] = d.any(v)
	}
	d.fields[name] = list
}

func (d *decoded) any(v Value) any {
	if v.JSON == 0 {
		return v.Text
	}
	return d.kept[v.JSON-1]
}

// Decoded gives the fields of a decoded JSON object with the sections of a Windows event. ok is false if it is another
// object.
func Decoded(event map[string]any) (fields map[string]any, ok bool) {
	d := places.Get().(*decoded)
	d.value, d.fields = event, map[string]any{}
	read, ok, err := d.converter.Event()
	if err != nil {
		panic(err) // it is JSON
	}
	d.flattener.Event(read)
	fields = d.fields
	clear(d.kept)
	d.value, d.kept, d.fields = nil, d.kept[:0], nil
	places.Put(d)
	return fields, ok
}

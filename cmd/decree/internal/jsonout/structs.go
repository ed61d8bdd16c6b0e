package jsonout

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"decree/rules/diag"
)

// kind is how values of a type are written.
type kind struct {
	of     reflect.Kind
	plain  bool // by encoding/json
	fields []field
}

// field is a member that a struct gives.
type field struct {
	name      string
	at        int
	omitEmpty bool
}

var kinds sync.Map // by reflect.Type

func kindOf(t reflect.Type) *kind {
	if k, ok := kinds.Load(t); ok {
		return k.(*kind)
	}
	k := &kind{of: t.Kind()}
	switch {
	case marshals(t) || marshals(reflect.PointerTo(t)) || t == reflect.TypeFor[json.Number]():
		k.plain = true
	case k.of == reflect.Map:
		k.plain = t.Key().Kind() != reflect.String || marshals(t.Key())
	case k.of == reflect.Slice || k.of == reflect.Array:
		k.plain = t.Elem().Kind() == reflect.Uint8
	case k.of == reflect.Struct:
		k.fields, k.plain = fieldsOf(t)
	default:
		k.plain = !slices.Contains([]reflect.Kind{reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Pointer, reflect.Interface}, k.of)
	}
	kinds.Store(t, k)
	return k
}

// marshals tells whether a type says itself how it is written.
func marshals(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

// fieldsOf gives the members of a struct. plain says that a tag or an embedded struct asks for more than this package knows.
func fieldsOf(t reflect.Type) (fields []field, plain bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			return nil, true
		}
		tag := f.Tag.Get("json")
		if !f.IsExported() || tag == "-" {
			continue
		}
		name, option, _ := strings.Cut(tag, ",")
		if name == "" {
			name = f.Name
		}
		if (option != "" && option != "omitempty") || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" || slices.ContainsFunc(fields, func(f field) bool { return f.name == name }) {
			return nil, true
		}
		fields = append(fields, field{name, i, option == "omitempty"})
	}
	return fields, false
}

// value writes a value by its type.
func (w *writer) value(v reflect.Value) {
	k := kindOf(v.Type())
	switch {
	case k.plain && v.CanAddr() && k.of != reflect.Pointer && k.of != reflect.Interface:
		w.plainly(v.Addr().Interface())
		return
	case k.plain:
		w.plainly(v.Interface())
		return
	}
	switch k.of {
	case reflect.String:
		w.out = diag.AppendJSON(w.out, v.String())
	case reflect.Bool:
		w.out = strconv.AppendBool(w.out, v.Bool())
	case reflect.Int, reflect.Int64:
		w.out = strconv.AppendInt(w.out, v.Int(), 10)
	case reflect.Pointer:
		if v.IsNil() {
			w.out = append(w.out, "null"...)
			return
		}
		w.value(v.Elem())
	case reflect.Interface:
		w.any(v.Interface())
	case reflect.Struct:
		w.members(v, k.fields)
	case reflect.Map:
		w.entries(v)
	default: // a slice or an array
		w.items(v)
	}
}

func (w *writer) members(v reflect.Value, fields []field) {
	w.open('{')
	written := 0
	for _, f := range fields {
		member := v.Field(f.at)
		if f.omitEmpty && isEmpty(member) {
			continue
		}
		w.next(written)
		w.key(f.name)
		w.value(member)
		written++
	}
	w.close('}', written)
}

// isEmpty tells whether omitempty leaves a value out.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

func (w *writer) entries(v reflect.Value) {
	if v.IsNil() {
		w.out = append(w.out, "null"...)
		return
	}
	if fields, ok := v.Interface().(map[string]any); ok {
		w.any(fields)
		return
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	w.open('{')
	for i, key := range keys {
		w.next(i)
		w.key(key.String())
		w.value(v.MapIndex(key))
	}
	w.close('}', len(keys))
}

func (w *writer) items(v reflect.Value) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		w.out = append(w.out, "null"...)
		return
	}
	w.open('[')
	for i := range v.Len() {
		w.next(i)
		w.value(v.Index(i))
	}
	w.close(']', v.Len())
}

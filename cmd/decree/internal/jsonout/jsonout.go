// Package jsonout writes values as JSON that is safe to show. In: values of Go, mostly events and what was found in them. Out: JSON text as encoding/json writes it
// without escapes for HTML, on one line or indented by two spaces, with the characters escaped that diag.Visible escapes. What must stay true: it is byte
// for byte what encoding/json, its Indent and diag.VisibleJSON make together (a fuzz test compares them), in one pass.
package jsonout

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"

	"decree/engine/jsontext"
	"decree/rules/diag"
)

// Append writes a value on one line.
func Append(b []byte, v any) ([]byte, error) { return appended(b, v, writer{}) }

// AppendIndented writes a value with a line for each member and item. indent stands before each line but the first.
func AppendIndented(b []byte, v any, indent string) ([]byte, error) {
	return appended(b, v, writer{lines: true, indent: indent})
}

func appended(b []byte, v any, w writer) ([]byte, error) {
	before := len(b)
	w.out = b
	w.any(v)
	if w.err != nil {
		return b[:before], w.err
	}
	return w.out, nil
}

// writer writes one value.
type writer struct {
	out    []byte
	lines  bool
	indent string // before each line
	depth  int    // of objects and lists around
	err    error
}

// any writes what an interface holds. Decoded events take no reflection.
func (w *writer) any(v any) {
	switch v := v.(type) {
	case nil:
		w.out = append(w.out, "null"...)
	case string:
		w.out = diag.AppendJSON(w.out, v)
	case bool:
		w.out = strconv.AppendBool(w.out, v)
	case json.Number:
		w.number(v)
	case []any:
		if v == nil {
			w.out = append(w.out, "null"...)
			return
		}
		w.open('[')
		for i, item := range v {
			w.next(i)
			w.any(item)
		}
		w.close(']', len(v))
	case map[string]any:
		if v == nil {
			w.out = append(w.out, "null"...)
			return
		}
		w.open('{')
		for i, name := range sortedKeys(v) {
			w.next(i)
			w.key(name)
			w.any(v[name])
		}
		w.close('}', len(v))
	default:
		w.value(reflect.ValueOf(v))
	}
}

func sortedKeys(fields map[string]any) []string {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// number writes a number as it was written.
func (w *writer) number(n json.Number) {
	if text := []byte(n); jsontext.Number(text, 0) != len(text) {
		w.plainly(n)
		return
	}
	w.out = append(w.out, n...)
}

// plainly writes a value by encoding/json.
func (w *writer) plainly(v any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if w.lines {
		before := w.indent
		for range w.depth {
			before += step
		}
		enc.SetIndent(before, step)
	}
	if err := enc.Encode(v); err != nil {
		w.err = err
		return
	}
	w.out = append(w.out, diag.VisibleJSON(bytes.TrimSuffix(b.Bytes(), []byte("\n")))...)
}

// step indents what is within an object or a list.
const step = "  "

func (w *writer) open(bracket byte) {
	w.out = append(w.out, bracket)
	w.depth++
}

// next goes on to a member or item by its number.
func (w *writer) next(i int) {
	if i > 0 {
		w.out = append(w.out, ',')
	}
	w.line()
}

func (w *writer) close(bracket byte, written int) {
	if w.depth--; written > 0 {
		w.line()
	}
	w.out = append(w.out, bracket)
}

func (w *writer) line() {
	if !w.lines {
		return
	}
	w.out = append(append(w.out, '\n'), w.indent...)
	for range w.depth {
		w.out = append(w.out, step...)
	}
}

func (w *writer) key(name string) {
	w.out = append(diag.AppendJSON(w.out, name), ':')
	if w.lines {
		w.out = append(w.out, ' ')
	}
}

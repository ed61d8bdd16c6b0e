package evtx

import (
	"encoding/binary"

	"decree/engine/event/winevent"
)

// walk finds the values of a record of the usual form, without its template: one instance of a template, among whose
// values may be further instances. In: the record's bytes. Out: the places of all values, and a key. Records of a log
// with the same key have the same fields, in the same order, each made of the same value or of the same text of a
// template. FuzzShapes compares this with the full reading.
type walk struct {
	in     *chunk
	known  *definitions
	chunk  []byte  // its data
	values []value // of the outermost instance, then of each one in it
	inner  []inner
	key    []byte
	size   int // bytes of the values
}

// value is where a value stands in its chunk.
type value struct {
	start, end int32
	kind       byte
}

// inner is an instance of a template in a value: where the value begins, and the number of the instance's first value.
type inner struct{ start, first int }

// The bounds of what walk reads; the full reading takes what is beyond.
const (
	maxValues = 1 << 12 // of a record
	maxInner  = 4       // levels of instances
)

// record walks a record. ok is false if it has another form.
func (w *walk) record(start, end int) (ok bool) {
	w.chunk, w.values, w.inner, w.key = w.in.data, w.values[:0], w.inner[:0], w.key[:0]
	w.size = 0
	return w.instance(start, end, 0)
}

// instance walks a fragment that is one instance of a template.
func (w *walk) instance(at, end, depth int) bool {
	le := binary.LittleEndian
	if at+4 <= end && w.chunk[at] == tokenHeader {
		at += 4
	}
	if depth == maxInner || at+1+1+4+4 > end || w.chunk[at] != tokenTemplate {
		return false
	}
	template := int(le.Uint32(w.chunk[at+6:]))
	if at += 10; template == at { // it is defined here
		if at+24 > end {
			return false
		}
		size := int(le.Uint32(w.chunk[at+20:]))
		if size > end-at-24 {
			return false
		}
		at += 24 + size
	}
	if at+4 > end {
		return false
	}
	count := int(le.Uint32(w.chunk[at:]))
	if at += 4; count > (end-at)/4 || len(w.values)+count > maxValues {
		return false
	}
	w.key = le.AppendUint32(w.key, uint32(w.number(template)))
	w.key = le.AppendUint16(w.key, uint16(count))
	first, next := len(w.values), at+4*count
	for range count {
		size, kind := int(le.Uint16(w.chunk[at:])), w.chunk[at+2]
		if at += 4; size > end-next {
			return false
		}
		class, ok := classOf(kind, w.chunk[next:next+size])
		if !ok {
			return false
		}
		w.key = append(w.key, kind, class)
		w.values = append(w.values, value{int32(next), int32(next + size), kind})
		next += size
		w.size += size
	}
	if next < end && w.chunk[next]&^moreData != tokenEnd {
		return false
	}
	for i := first; i < first+count; i++ {
		v := w.values[i]
		if v.kind != typeBinXML {
			continue
		}
		w.inner = append(w.inner, inner{int(v.start), len(w.values)})
		if !w.instance(int(v.start), int(v.end), depth+1) {
			return false
		}
	}
	return true
}

// number gives the number of the template that is defined at a place of the chunk.
func (w *walk) number(offset int) int {
	t, ok := w.in.templates[offset]
	if !ok {
		t = w.known.find(w.chunk, offset)
		w.in.templates[offset] = t
	}
	return t.number
}

// learn keeps the templates and the shape of the record that was walked, which has these fields and that weight.
func (w *walk) learn(s *shaping, fields winevent.Fields, weight int) {
	w.known.keep(w.key, s.shape(fields, weight))
	for _, t := range s.templates {
		in := w.in.templates[t.offset]
		if t.isOdd || in.isKnown {
			continue
		}
		w.known.learn(in.number, w.chunk, t)
		in.isKnown = true
		w.in.templates[t.offset] = in
	}
}

// classOf says of a value what may decide about a record's fields: whether there is one, and whether its text is empty.
// ok is false if it may not be readable, and for an array.
func classOf(kind byte, b []byte) (class byte, ok bool) {
	const empty, given = 0, 1
	switch kind {
	case typeNull:
		return empty, true
	case typeString:
		if len(b) >= 2 && b[0]|b[1] != 0 || !blank(b[:len(b)&^1]) {
			return given, true
		}
		return empty, true
	case typeAnsi:
		if blank(b) {
			return empty, true
		}
		return given, true
	case typeBinary:
		return byte(min(len(b), given)), true
	case typeBinXML:
		return given, len(b) > 0
	case typeSID:
		if len(b) == 0 {
			return empty, true
		}
		n, err := sidLength(b)
		return given, err == nil && n <= len(b)
	case typeGUID, typeFileTime, typeSystemTime:
		return byte(len(b)), len(b) == 0 || len(b) == widths[kind]
	case typeReal32, typeReal64:
		return byte(len(b)), len(b) == 0 || len(b) == 4 || len(b) == 8
	}
	switch len(b) {
	case 0, 1, 2, 4, 8:
		return byte(len(b)), widths[kind] > 0
	}
	return 0, false
}

package engine

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"github.com/valyala/fastjson"

	"decree/engine/event"
)

// value is what one column of the current event holds: nothing, or texts (several for a list).
// An object or a list without scalars is present without texts.
type value struct {
	gen     uint32
	depth   int
	present bool
	texts   []string
}

// layout says which columns of an event are asked for. It is fixed when the engine is made.
type layout struct {
	columns  map[string]int  // column -> its number
	prefixes map[string]bool // objects on the way to a column with dots
	keywords bool            // some rule asks for every value
}

// column numbers a column.
func (l *layout) column(name string) int {
	if i, ok := l.columns[name]; ok {
		return i
	}
	i := len(l.columns)
	l.columns[name] = i
	for at := range len(name) {
		if name[at] == '.' {
			l.prefixes[name[:at]] = true
		}
	}
	return i
}

// document reads one event at a time, keeping only what the layout asks for. Its texts are valid
// until the next load. It reuses all its memory.
type document struct {
	layout *layout
	parser fastjson.Parser
	gen    uint32
	cols   []value
	every  []string // all texts of the event, if keywords are asked for
	arena  []byte   // numbers as they are written
	path   []byte

	wrapped bool // the event's fields may stand below others
	wrong   bool // some value is no strict JSON
}

// load reads an event's JSON text. An error means that it is no event.
func (d *document) load(data []byte) error {
	d.gen++
	d.every, d.arena = d.every[:0], d.arena[:0]
	if len(d.cols) < len(d.layout.columns) {
		d.cols = make([]value, len(d.layout.columns))
	}
	v, err := d.parser.ParseBytes(data)
	if err != nil || !strict(data) {
		return d.refused(data, err)
	}
	o, err := v.Object()
	if err != nil {
		return fmt.Errorf("a JSON %s, %w", v.Type(), errNotObject)
	}
	d.wrapped, d.wrong = false, false
	d.object(o, 0)
	if d.wrong {
		return d.refused(data, nil)
	}
	if d.wrapped {
		fields, err := event.Decode(data)
		if err != nil {
			return err
		}
		d.gen++ // what was read at its place in the wrapping does not count
		d.every = d.every[:0]
		d.fields(fields, 0)
	}
	return nil
}

// refused says why data is no event, in the words of the plain decoder where it has some.
func (d *document) refused(data []byte, err error) error {
	if _, plain := event.Decode(data); plain != nil {
		return plain
	}
	if err == nil {
		err = errors.New("it is not strict JSON")
	}
	return fmt.Errorf("not JSON: %w", err)
}

var errNotObject = errors.New("not an object")

// wraps tells whether a key of the outermost level may hold the event's own fields below it, as
// event.Decode undoes.
func wraps(key []byte) bool {
	switch len(key) {
	case len("Event"), len("winlog"), len("_source"):
		return slices.Contains(event.Wrappers, string(key))
	}
	return false
}

func (d *document) object(o *fastjson.Object, depth int) {
	start := len(d.path)
	o.Visit(func(key []byte, v *fastjson.Value) {
		d.path = d.path[:start]
		if depth > 0 {
			d.path = append(d.path, '.')
		}
		d.path = append(d.path, key...)
		d.wrapped = d.wrapped || (depth == 0 && wraps(key))
		d.check(v)
		if i, ok := d.layout.columns[string(d.path)]; ok {
			if col := d.claim(i, depth); col != nil {
				d.set(col, v)
			}
		}
		if d.layout.keywords {
			d.keep(v)
		}
		if v.Type() == fastjson.TypeObject && (d.layout.keywords || d.layout.prefixes[string(d.path)]) {
			if inner, err := v.Object(); err == nil {
				d.object(inner, depth+1)
			}
		}
	})
	d.path = d.path[:start]
}

// claim readies a column to be set; nil if it was set from further out: an exact name goes
// before a path.
func (d *document) claim(i, depth int) *value {
	col := &d.cols[i]
	if col.gen == d.gen && col.depth < depth {
		return nil
	}
	col.gen, col.depth, col.present, col.texts = d.gen, depth, false, col.texts[:0]
	return col
}

func (d *document) set(col *value, v *fastjson.Value) {
	switch v.Type() {
	case fastjson.TypeNull:
		return
	case fastjson.TypeArray:
		items, err := v.Array()
		if err != nil {
			return
		}
		col.present = true
		for _, item := range items {
			d.set(col, item)
		}
		return
	case fastjson.TypeObject:
		col.present = true
		return
	}
	col.present = true
	col.texts = append(col.texts, d.text(v))
}

// text writes a scalar as tests compare it. The string stays valid until the next load.
func (d *document) text(v *fastjson.Value) string {
	switch v.Type() {
	case fastjson.TypeString:
		b, err := v.StringBytes()
		if err != nil {
			return ""
		}
		return unsafe.String(unsafe.SliceData(b), len(b))
	case fastjson.TypeTrue:
		return "true"
	case fastjson.TypeFalse:
		return "false"
	}
	start := len(d.arena)
	d.arena = v.MarshalTo(d.arena)
	b := d.arena[start:]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// keep remembers every scalar for keywords; objects are walked by object.
func (d *document) keep(v *fastjson.Value) {
	switch v.Type() {
	case fastjson.TypeNull, fastjson.TypeObject:
	case fastjson.TypeArray:
		items, err := v.Array()
		if err != nil {
			return
		}
		for _, item := range items {
			if item.Type() == fastjson.TypeObject {
				d.keepObject(item)
			} else {
				d.keep(item)
			}
		}
	default:
		d.every = append(d.every, d.text(v))
	}
}

func (d *document) keepObject(v *fastjson.Value) {
	o, err := v.Object()
	if err != nil {
		return
	}
	o.Visit(func(_ []byte, inner *fastjson.Value) {
		if inner.Type() == fastjson.TypeObject {
			d.keepObject(inner)
		} else {
			d.keep(inner)
		}
	})
}

// fields reads decoded fields, for events that came wrapped.
func (d *document) fields(fields map[string]any, depth int) {
	start := len(d.path)
	for key, v := range fields {
		d.path = d.path[:start]
		if depth > 0 {
			d.path = append(d.path, '.')
		}
		d.path = append(d.path, key...)
		if i, ok := d.layout.columns[string(d.path)]; ok {
			if col := d.claim(i, depth); col != nil {
				setAny(col, v)
			}
		}
		inner, isObject := v.(map[string]any)
		if d.layout.keywords && !isObject {
			d.every = appendTexts(d.every, v)
		}
		if isObject && (d.layout.keywords || d.layout.prefixes[string(d.path)]) {
			d.fields(inner, depth+1)
		}
	}
	d.path = d.path[:start]
}

func setAny(col *value, v any) {
	switch v := v.(type) {
	case nil:
	case []any:
		col.present = true
		for _, item := range v {
			setAny(col, item)
		}
	case map[string]any:
		col.present = true
	default:
		col.present = true
		col.texts = append(col.texts, text(v))
	}
}

func appendTexts(texts []string, v any) []string {
	switch v := v.(type) {
	case nil:
		return texts
	case []any:
		for _, item := range v {
			texts = appendTexts(texts, item)
		}
		return texts
	case map[string]any:
		for _, item := range v {
			texts = appendTexts(texts, item)
		}
		return texts
	}
	return append(texts, text(v))
}

package engine

import (
	"slices"
	"strings"

	"decree/engine/event"
)

// value is what one column of the current event holds: nothing, or texts (several for a list).
// An object or a list without scalars is present without texts.
type value struct {
	gen     uint32
	since   uint32 // event from which on it has been the same; 0 if that is not known
	depth   int
	present bool
	texts   []string
}

// layout says which columns of an event are asked for. It is fixed when the engine is made.
type layout struct {
	names                    // in the order of their numbers
	columns  map[string]int  // column -> its number
	prefixes map[string]bool // objects on the way to a column with dots
	keywords bool            // some rule asks for every value
	bags     map[string]bool // columns that a product may write as a text of JSON
	inTexts  []int           // those of them below which a column is asked for

	// liftsWinlog says that no column is below winlog, so that its fields are only lifted.
	liftsWinlog bool
}

func newLayout() *layout {
	return &layout{columns: map[string]int{}, prefixes: map[string]bool{}, liftsWinlog: true}
}

// column numbers a column.
func (l *layout) column(name string) int {
	if i, ok := l.columns[name]; ok {
		return i
	}
	i := len(l.columns)
	l.columns[name] = i
	l.liftsWinlog = l.liftsWinlog && !strings.HasPrefix(name, "winlog.")
	l.add(name)
	for at := range len(name) {
		if name[at] != '.' {
			continue
		}
		if bag := name[:at]; l.bags[bag] && !l.prefixes[bag] {
			l.inTexts = append(l.inTexts, l.column(bag))
		}
		l.prefixes[name[:at]] = true
	}
	return i
}

// document reads one event at a time, keeping only what the layout asks for. Its texts are valid
// until the next load, and as long as the event's bytes do not change. It reuses all its memory.
type document struct {
	layout *layout
	gen    uint32
	cols   []value
	every  []string // all texts of the event, if keywords are asked for
	arena  []byte   // texts that had escapes

	data    []byte
	at      int
	depth   int
	path    []byte // of the object being read
	seen    uint64 // bits of the bytes of texts
	wrapped bool   // the event's fields may stand below others
	lifting bool   // the object being read is winlog's, or below it

	first     foreseen             // stands before the first key
	before    *foreseen            // the key of the outermost level that was read last
	known     map[string]*foreseen // by key
	kept      int                  // bytes kept of their values
	noted     *foreseen            // takes down the escapes of the text being read
	notedFrom int                  // where that begins
	notedText int                  // bytes of it that were kept

	outermost int  // fields read at the outermost level
	converted bool // the event's fields are below Event
}

// load reads an event's JSON text. An error means that it is no event.
func (d *document) load(data []byte) error {
	d.gen++
	d.every, d.arena, d.path, d.wrapped = d.every[:0], d.arena[:0], d.path[:0], false
	d.lifting, d.converted, d.outermost = false, false, 0
	d.before, d.noted = &d.first, nil
	if d.known == nil {
		d.known = map[string]*foreseen{}
	}
	if len(d.cols) < len(d.layout.columns) {
		d.cols = make([]value, len(d.layout.columns))
	}
	if err := d.read(data); err != nil {
		if _, plain := event.Decode(data); plain != nil {
			return plain // says what is wrong
		}
		return refusal(err)
	}
	if d.wrapped {
		fields, err := event.Decode(data)
		if err != nil {
			return err
		}
		d.seen = high // it is not known
		d.gen++       // what was read at its place in the wrapping does not count
		d.every, d.path = d.every[:0], d.path[:0]
		d.fields(fields, 0)
	}
	d.texts()
	return nil
}

// wraps tells whether a key of the outermost level may hold the event's own fields below it, as
// event.Decode undoes.
func wraps(key []byte) bool {
	switch len(key) {
	case len("Event"), len("winlog"), len("_source"):
		return slices.Contains(event.Wrappers, string(key))
	}
	return false
}

// claim readies a column to be set; nil if it was set from further out: an exact name goes
// before a path.
func (d *document) claim(i, depth int) *value {
	col := &d.cols[i]
	if col.gen == d.gen && col.depth < depth {
		return nil
	}
	col.gen, col.since, col.depth, col.present, col.texts = d.gen, 0, depth, false, col.texts[:0]
	return col
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

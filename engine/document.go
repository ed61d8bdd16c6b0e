package engine

import (
	"bytes"
	"slices"
	"strings"

	"decree/engine/event"
)

// value is what one column of the current event holds: nothing, or texts (several for a list).
// An object or a list without scalars is present without texts, if the layout says so.
type value struct {
	gen     uint32
	since   uint32 // event from which on it has been the same; 0 if that is not known
	depth   int32
	item    int32 // of a list that it was last read in; 0 if in none
	before  int32 // texts that it has from earlier items
	present bool
	texts   []string
}

// layout says which columns of an event are asked for. It is fixed when the engine is made.
type layout struct {
	names                    // in the order of their numbers
	columns  map[string]int  // column -> its number
	prefixes map[string]bool // objects on the way to a column with dots
	lists    map[string]bool // those of them that may be lists of objects, each of which has the column
	keywords bool            // some rule asks for every value
	textless bool            // an object or a list without scalars is present
	bags     map[string]bool // columns that a product may write as a text of JSON
	inTexts  []int           // those of them below which a column is asked for
	inWords  []int           // columns whose text keywords are asked of by its parts

	flat        []flatName // columns that a collector may have under another name
	eventID     int        // of the events where it has
	eventSource int
	windows     bool // a column has a name that Windows gives its events

	// liftsWinlog says that no column is below winlog, so that its fields are only lifted.
	liftsWinlog bool
}

func newLayout() *layout {
	return &layout{columns: map[string]int{}, prefixes: map[string]bool{}, lists: map[string]bool{}, liftsWinlog: true, textless: true}
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
	l.windows = l.windows || name == "EventID" || name == "Channel" || windowsNames[name] != ""
	if flat, ok := windowsNames[name]; ok {
		l.flat = append(l.flat, flatName{i, l.column(flat)})
		l.eventID, l.eventSource = l.column("EventID"), l.column("SourceName")
	}
	listed := true
	for at := range len(name) {
		if name[at] != '.' {
			continue
		}
		outer := name[:at]
		if l.bags[outer] {
			listed = false // a path of Kusto's ends at a list
			if !l.prefixes[outer] {
				l.inTexts = append(l.inTexts, l.column(outer))
			}
		}
		l.prefixes[outer] = true
		if listed {
			l.lists[outer] = true
		}
	}
	return i
}

// spaced tells whether a column asks for a field of event data, whose name has spaces, by one without: event.Decode
// gives it that.
func (l *layout) spaced(key []byte) bool {
	if bytes.IndexByte(key, ' ') < 0 {
		return false
	}
	return slices.ContainsFunc(event.Unspaced(string(key)), func(name string) bool { return l.find([]byte(name)) >= 0 })
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

	inLists int   // lists around what is being read
	item    int32 // of a list, that is being read; 0 outside of any
	items   int32 // that were read of this event
	earlier int32 // of them, those before the outermost list around what is being read

	first     foreseen             // stands before the first key
	before    *foreseen            // the key of the outermost level that was read last
	known     map[string]*foreseen // by key
	kept      int                  // bytes kept of their values
	noted     *foreseen            // takes down the escapes of the text being read
	notedFrom int                  // where that begins
	notedText int                  // bytes of it that were kept

	outermost int  // fields read at the outermost level
	converted bool // the event's fields are below Event
	record    bool // which has what a Windows event has
}

// load reads an event's JSON text. An error means that it is no event.
func (d *document) load(data []byte) error {
	d.gen++
	d.every, d.arena, d.path, d.wrapped = d.every[:0], d.arena[:0], d.path[:0], false
	d.lifting, d.converted, d.outermost = false, false, 0
	d.inLists, d.item, d.items = 0, 0, 0
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
	if !d.wrapped {
		d.flatNames()
	} else {
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
	if d.layout.keywords {
		d.readWords()
	}
	return nil
}

// wraps tells whether a key of the outermost level may be of a form that event.Decode reads otherwise than as it stands.
func (l *layout) wraps(key []byte) bool {
	switch len(key) {
	case 5, 6, 7, 8, 9, 12: // of event.Forms
		return slices.Contains(event.Forms, string(key)) && (l.windows || string(key) != "EventCode")
	}
	return false
}

// claim readies a column to be set; nil if it was set from further out: an exact name goes
// before a path.
func (d *document) claim(i, depth int) *value {
	col := &d.cols[i]
	if col.gen == d.gen {
		return d.claimAgain(col, int32(depth))
	}
	col.gen, col.since, col.depth, col.item, col.before, col.present, col.texts = d.gen, 0, int32(depth), d.item, 0, false, col.texts[:0]
	return col
}

// claimAgain readies a column that was set by this event. What it has from other items of the same list is kept; of a key that
// stands twice the last counts.
func (d *document) claimAgain(col *value, depth int32) *value {
	if col.depth < depth {
		return nil
	}
	switch sameList := col.depth == depth && d.item > 0 && col.item > d.earlier; {
	case !sameList:
		col.before, col.present = 0, false
	case col.item != d.item:
		col.before = int32(len(col.texts))
	default:
		col.present = col.before > 0
	}
	col.since, col.depth, col.item, col.texts = 0, depth, d.item, col.texts[:col.before]
	return col
}

// enter enters a list whose objects' columns are asked for, each item for itself. It gives what leave goes back to.
func (d *document) enter() (outer int32) {
	if d.item == 0 {
		d.earlier = d.items
	}
	d.inLists++
	return d.item
}

func (d *document) leave(outer int32) {
	d.inLists--
	d.item = outer
}

// next turns to another item of a list.
func (d *document) next() {
	d.items++
	d.item = d.items
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
				col.present = col.present && (d.layout.textless || len(col.texts) > 0)
			}
		}
		d.below(v, depth+1)
	}
	d.path = d.path[:start]
}

// below reads what is asked for below a decoded value, which is at d.path.
func (d *document) below(v any, depth int) {
	switch v := v.(type) {
	case map[string]any:
		if d.layout.keywords || d.layout.prefixes[string(d.path)] {
			d.fields(v, depth)
		}
		return
	case []any:
		if d.layout.lists[string(d.path)] {
			defer d.leave(d.enter())
			for _, inner := range v {
				d.next()
				d.below(inner, depth)
			}
			return
		}
	}
	if d.layout.keywords {
		d.every = appendTexts(d.every, v)
	}
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

// Package document reads columns out of an event's bytes. In: a Layout, which names the columns that rules ask for, and
// events, one at a time, as JSON text or as the record that a reader has made. Out: the texts that the event has in
// each column and in each slot. A slot is where a field of Sigma stands in the data model: a column, the first of
// several, or a part of a column's text.
//
// What must stay true: an event reads exactly as event.Decode reads it, with Windows' own names wherever a tool writes
// other ones (fuzz tests compare both). Reading an event of a usual form allocates nothing. Texts are views of the
// event's bytes and valid until the next Load.
package document

import (
	"decree/engine/event"
	"decree/engine/event/evtx"
	"decree/engine/jsontext"
)

// Value is what one column or slot of the current event holds: nothing, or texts (several for a list).
// An object or a list without scalars is present without texts, unless the model says that it is missing.
type Value struct {
	Version uint64 // values of a column, or slot, with the same number are the same; 0 if nothing is known
	gen     uint32 // event that it is of
	item    int32  // of a list that it was last read in; 0 if in none
	before  int32  // texts that it has from earlier items
	depth   int16
	Present bool
	Texts   []string // behind what is small, so that a value takes six words
}

// Document reads one event at a time and keeps only what its layout asks for. Texts are valid
// until the next Load, as long as the event's bytes do not change. All memory is used again.
type Document struct {
	layout *Layout
	gen    uint32 // number of the event
	cols   []Value
	has    Columns    // that the event has
	last   []lastText // by columns
	simple []int32    // slot -> its column, if its value is simply that; -1 if not
	slots  []Value    // values of the other slots
	made   []making   // what slots of extracts are made with
	all    []string   // all texts of the event, if keywords are asked for
	arena  []byte     // texts that had escapes

	skipped  []int // places of values that only keywords may ask for
	forWords bool  // they are being read
	split    bool  // texts that hold an event were read for keywords

	data    []byte
	at      int
	depth   int
	path    []byte       // of the object being read
	bits    uint64       // bits that some byte of the texts has
	wrapped bool         // the event's fields may stand below others
	given   objects      // of outermost.inner, that are not null
	lifted  objects      // whose fields were read as outermost ones
	values  int          // where Wazuh's are
	halved  bool         // these have escapes of their own
	flat    form         // of the event
	copies  []liftedName // as Layout.liftedNames finds them

	inLists int   // lists around what is being read
	item    int32 // of a list, that is being read; 0 outside of any
	items   int32 // that were read of this event
	earlier int32 // of them, those before the outermost list around what is being read

	top          level     // the event itself
	keysKept     int       // of all levels
	positions    int       // of keys, of all levels
	cached       int       // bytes of the values that are kept
	versions     uint64    // of values, counted
	objects      uint64    // read by their keys, of all events
	recording    *knownKey // takes down the escapes of the text being read
	recordedFrom int       // where that begins
	recordedText int       // bytes of it that were kept

	decoded    map[string]any // the event, if elements of its arrays were asked for
	decodedGen uint32         // number of that event

	shapes map[*evtx.Shape]*shapeColumns // of the records that were read
	rest   *evtx.Record                  // the event, if some of its fields are not read yet

	firstKey int // where it is
	record   *recordReader
}

// New makes a document for a layout, which must be finished.
func New(l *Layout) *Document {
	d := &Document{layout: l, shapes: map[*evtx.Shape]*shapeColumns{}, cols: make([]Value, len(l.columns)), has: l.NewColumns(), last: make([]lastText, len(l.columns)), simple: make([]int32, len(l.slots)), slots: make([]Value, len(l.slots)), made: make([]making, len(l.slots))}
	for i, s := range l.slots {
		if d.simple[i] = -1; s.isColumn() {
			d.simple[i] = int32(s.columns[0])
		}
	}
	d.top.lifts = outermost
	d.copies = l.liftedNames()
	d.record = newRecordReader(d)
	return d
}

// LoadContent reads an event. An error means that it is text, and not an event.
func (d *Document) LoadContent(c event.Content) error {
	if r := c.Record(); r != nil {
		return d.loadRecord(r)
	}
	return d.Load(c.Text())
}

// Load reads an event's JSON text. An error means that the text is not an event.
func (d *Document) Load(data []byte) error {
	d.begin()
	if err := d.read(data); err != nil {
		if _, plain := event.Decode(data); plain != nil {
			return plain // says what is wrong
		}
		return refusal(err)
	}
	if d.settle(); d.wrapped {
		fields, err := event.Decode(data)
		if err != nil {
			return err
		}
		d.bits = jsontext.High // it is not known
		d.gen++                // what was read at its place in the wrapping does not count
		clear(d.has)
		d.all, d.path, d.skipped = d.all[:0], d.path[:0], d.skipped[:0]
		d.fields(fields, 0)
	}
	d.finish()
	return nil
}

// begin forgets the event before.
func (d *Document) begin() {
	d.gen++
	clear(d.has)
	d.all, d.arena, d.path, d.wrapped = d.all[:0], d.arena[:0], d.path[:0], false
	d.given, d.lifted, d.halved, d.rest = 0, 0, false, nil
	d.inLists, d.item, d.items = 0, 0, 0
	d.skipped, d.forWords, d.split = d.skipped[:0], false, false
	d.recording = nil
}

// newVersion numbers a value that no column had before.
func (d *Document) newVersion() uint64 {
	d.versions++
	return d.versions
}

// finish reads what further names stand for, and what is inside of texts.
func (d *Document) finish() {
	if !d.wrapped {
		d.flatNames()
		d.liftedNames()
	}
	if len(d.layout.nested) > 0 {
		d.readEmbedded()
	}
}

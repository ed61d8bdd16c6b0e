package document

import (
	"bytes"

	"decree/engine/event"
)

// winlogbeat puts the fields of a Windows event below winlog. event.Decode lifts them to the
// outermost level; this file does the same while it reads the text. A field that stands
// further out wins, by the depth that it claims its column with.

// windowsNames maps Windows' own names to those that collectors use instead.
var windowsNames = func() map[string]string {
	names := map[string]string{}
	for flat, windows := range event.FlatNames {
		names[windows] = flat
	}
	return names
}()

// flatName is a column, and the column that has its value under a collector's name.
type flatName struct{ to, from int }

// flatNames fills columns from the names that collectors use in events of one level, as event.Decode does.
func (d *Document) flatNames() {
	outermost := func(i int) *Value {
		if col := &d.cols[i]; col.gen == d.gen && col.Present && col.depth == 0 {
			return col
		}
		return nil
	}
	if outermost(d.layout.eventSource) == nil || outermost(d.layout.eventID) == nil {
		return
	}
	for _, flat := range d.layout.flat {
		if from := outermost(flat.from); from != nil {
			d.copyTo(flat.to, from)
		}
	}
}

// copyTo gives a column the value of another, unless it has one of the outermost level.
func (d *Document) copyTo(column int, from *Value) {
	to := &d.cols[column]
	if to.gen == d.gen && to.depth == 0 {
		return
	}
	d.has.Add(column)
	to.gen, to.Version, to.depth, to.item, to.before, to.Present, to.Texts = d.gen, from.Version, 0, 0, 0, true, append(to.Texts[:0], from.Texts...)
}

// liftedNames fills columns of Windows' names from winlog's own fields, which have columns, too.
func (d *Document) liftedNames() {
	for _, flat := range d.layout.lifted {
		if from := &d.cols[flat.from]; from.gen == d.gen && from.Present {
			d.copyTo(flat.to, from)
		}
	}
}

const (
	liftedField = 50 + iota // winlog's own, under Windows' names
	liftedEventData
	liftedUserData
)

// lifting says which fields of a level count as fields of the outermost one.
type lifting uint8

const (
	notLifted   lifting = iota
	ofWinlog            // those of event.WinlogNames
	ofEventData         // all of them
	ofUserData
)

// lift completes what a layout asks of a key with its name at the outermost level.
func (l *Layout) lift(of *asked, lv *level, key []byte) {
	name, depth := "", int16(0)
	switch lv.lifts {
	case ofEventData:
		name, depth = string(key), liftedEventData
	case ofUserData:
		name, depth = string(key), liftedUserData
	case ofWinlog:
		name, depth = event.WinlogNames[string(key)], liftedField
		switch string(key) {
		case "event_data":
			of.lifts = ofEventData
		case "user_data":
			of.lifts = ofUserData
		}
	case notLifted:
		if lv.depth == 0 && string(key) == "winlog" {
			of.lifts = ofWinlog
		}
	}
	if depth == 0 || (name == "" && lv.lifts == ofWinlog) {
		return
	}
	of.isOdd = l.spaced(key) || l.joined(key)
	i := l.find([]byte(name))
	switch {
	case i < 0 || l.belowWinlog && lv.lifts == ofWinlog: // Document.liftedNames fills it
	case l.belowWinlog:
		of.isOdd = true // two columns
	default:
		of.column, of.depth = int32(i), depth
	}
}

// winlog notes that an event has the key winlog. Of two the last counts, as for the plain decoder.
func (d *Document) winlog() {
	d.wrapped = d.wrapped || d.lifted
	d.lifted = true
}

// joined tells whether some column asks for a field of winlogbeat without the underscores that replace spaces.
func (l *Layout) joined(key []byte) bool {
	return bytes.IndexByte(key, '_') >= 0 && l.find([]byte(event.Joined(string(key)))) >= 0
}

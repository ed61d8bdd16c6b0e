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
		to, from := &d.cols[flat.to], outermost(flat.from)
		if from == nil || (to.gen == d.gen && to.depth == 0) {
			continue
		}
		to.gen, to.Since, to.depth, to.item, to.before, to.Present, to.Texts = d.gen, 0, 0, 0, 0, true, append(to.Texts[:0], from.Texts...)
		if len(to.Texts) == 1 {
			d.repeatedText(flat.to, to, to.Texts[0]) // the number of from may be that of another value of to
		}
	}
}

const (
	liftedField = 50 + iota // winlog's own, under Windows' names
	liftedEventData
	liftedUserData
)

// winlogNames are event.WinlogNames by their paths.
var winlogNames = func() map[string][]byte {
	names := map[string][]byte{}
	for name, windows := range event.WinlogNames {
		names["winlog."+name] = []byte(windows)
	}
	return names
}()

var (
	eventData = []byte("winlog.event_data.")
	userData  = []byte("winlog.user_data.")
)

// lift gives the outermost name of a field below winlog, and its depth; nil if it has none.
func lift(path, key []byte) ([]byte, int) {
	switch {
	case bytes.HasPrefix(path, eventData) && len(path) == len(eventData)+len(key):
		return key, liftedEventData
	case bytes.HasPrefix(path, userData) && len(path) == len(userData)+len(key):
		return key, liftedUserData
	}
	return winlogNames[string(path)], liftedField
}

// joined tells whether some column asks for a field of winlogbeat without the underscores that replace spaces.
func (l *Layout) joined(key []byte) bool {
	return bytes.IndexByte(key, '_') >= 0 && l.find([]byte(event.Joined(string(key)))) >= 0
}

// lifts tells whether fields below an object are lifted.
func lifts(path []byte, level int) bool {
	switch level {
	case 0:
		return string(path) == "winlog"
	case 1:
		return string(path) == "winlog.event_data" || string(path) == "winlog.user_data"
	}
	return false
}

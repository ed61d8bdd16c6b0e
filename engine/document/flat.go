package document

import "decree/engine/event"

// This file gives events of one level Windows' own names, as event.Decode does.

// flatForms are the forms of such events. The first whose keys an event has counts.
var flatForms = [...]event.FlatForm{nxlog: event.NXLog, splunk: event.SplunkAddOn, velociraptor: event.Velociraptor}

type form int

const (
	nxlog form = iota
	splunk
	velociraptor
	noForm
)

// flatForm is a form by the numbers of its columns.
type flatForm struct {
	keys  [2]int // that an event must have
	names []flatName
}

// flatName is a column, and the column that has its value under a collector's name.
type flatName struct{ to, from int }

// askFlat asks for what a new column has in events of one level.
func (l *Layout) askFlat(name string, i int) {
	for n, form := range flatForms {
		for own, windows := range form.Names {
			if windows == name {
				l.askWindows()
				l.flat[n].names = append(l.flat[n].names, flatName{i, l.column(own)})
			}
		}
	}
	if name == "Channel" || name == "EventID" {
		l.askWindows()
	}
}

// askWindows asks for the keys of the forms.
func (l *Layout) askWindows() {
	if l.windows {
		return
	}
	l.windows = true
	for n, form := range flatForms {
		for i := range l.flat[n].keys {
			l.flat[n].keys[i] = l.column(form.Keys[i])
		}
	}
}

// form tells the form of an event of one level.
func (d *Document) form() form {
	if !d.layout.windows || d.lifted&ofWinlog != 0 {
		return noForm
	}
	for i := range flatForms {
		keys := &d.layout.flat[i].keys
		if d.has.Has(keys[0]) && d.has.Has(keys[1]) && (form(i) != velociraptor || d.given&ofEventData != 0) && d.isOutermost(keys[0]) && d.isOutermost(keys[1]) {
			return form(i)
		}
	}
	return noForm
}

// isOutermost tells whether a column has a value of the outermost level.
func (d *Document) isOutermost(i int) bool {
	col := &d.cols[i]
	return col.gen == d.gen && col.Present && col.depth == 0
}

// flatNames fills columns from the names of the event's form.
func (d *Document) flatNames() {
	of := d.flat
	if of == noForm {
		return
	}
	source, channel := -1, ""
	if of == splunk {
		source = d.layout.flat[of].keys[1]
		ok := d.cols[source].Version != 0 // a list is no source
		if ok {
			channel, ok = event.ChannelOf(d.cols[source].Texts[0])
		}
		if !ok {
			return
		}
	}
	for _, n := range d.layout.flat[of].names {
		from := &d.cols[n.from]
		if from.gen != d.gen || from.depth != 0 || !d.copyTo(n.to, from, 0) || n.from != source {
			continue
		}
		d.cols[n.to].Texts[0] = channel
		if d.layout.keywords {
			d.all = append(d.all, channel)
		}
	}
}

// copyTo gives a column the value of another, and tells so, unless it has one from that depth or further out.
func (d *Document) copyTo(column int, from *Value, depth int16) bool {
	to := &d.cols[column]
	if to.gen == d.gen && to.depth <= depth {
		return false
	}
	d.has.Add(column)
	to.gen, to.Version, to.depth, to.item, to.before, to.Present, to.Texts = d.gen, from.Version, depth, 0, 0, from.Present, append(to.Texts[:0], from.Texts...)
	return true
}

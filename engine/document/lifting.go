package document

import (
	"bytes"
	"strings"

	"decree/engine/event"
	"decree/engine/jsontext"
)

// Collectors put the fields of a Windows event below others, as winlogbeat does below winlog. event.Decode lifts them
// to the outermost level; this file does the same while the text is read. A field that stands further out wins, by the
// depth that it claims its column with.

// lifting says which fields of an object count as fields of the outermost level.
type lifting struct {
	is    objects             // which object it is
	depth int16               // that its fields claim their columns with
	name  naming              // of its fields at the outermost level; nil if none counts
	inner map[string]*lifting // of the objects below it
}

// objects is a set of objects that may have such fields, or say that others do.
type objects uint16

const (
	ofWinlog objects = 1 << iota
	ofWinlogData
	ofWinlogUser
	ofEventData
	ofUserData
	ofDecoder // of Wazuh's alerts
	ofData
	ofWin
	ofSystem
	ofValues
	ofModule // of another service
	ofProvider
)

const (
	liftedField = 50 + iota // a collector's own, under Windows' names
	liftedEventData
	liftedUserData
)

// The values of Wazuh's event come before the collector's own fields of the same name.
const liftedWazuh = liftedField - 1

// naming gives the name of a field at the outermost level, if it has one there.
type naming func(string) (name string, ok bool)

func ownName(name string) (string, bool) { return name, true }

func wazuhName(name string) (string, bool) { return event.WazuhName(name), true }

func named(names map[string]string) naming {
	return func(own string) (name string, ok bool) {
		name, ok = names[own]
		return name, ok
	}
}

// asPath is a field that is lifted and, if it is an object, has fields that some column asks for by their outermost
// path.
var asPath = &lifting{}

// outermost has the objects that are read in this way.
var outermost = func() *lifting {
	data := &lifting{is: ofData, inner: map[string]*lifting{"win": {is: ofWin, inner: map[string]*lifting{
		"system":    {is: ofSystem, depth: liftedField, name: named(event.WazuhNames)},
		"eventdata": {is: ofValues, depth: liftedWazuh, name: wazuhName},
	}}}}
	for _, module := range event.WazuhModules {
		data.inner[module] = &lifting{is: ofModule}
	}
	return &lifting{inner: map[string]*lifting{
		"winlog": {is: ofWinlog, depth: liftedField, name: named(event.WinlogNames), inner: map[string]*lifting{
			"event_data": {is: ofWinlogData, depth: liftedEventData, name: ownName},
			"user_data":  {is: ofWinlogUser, depth: liftedUserData, name: ownName},
		}},
		"EventData": {is: ofEventData, depth: liftedEventData, name: ownName},
		"UserData":  {is: ofUserData},
		"Provider":  {is: ofProvider},
		"decoder":   {is: ofDecoder},
		"data":      data,
	}}
}()

// lift completes what a layout asks of a key with its name at the outermost level.
func (l *Layout) lift(of *asked, lv *level, key []byte) {
	if lv.lifts == nil {
		return
	}
	of.lifts = lv.lifts.inner[string(key)]
	if lv.lifts.name == nil {
		return
	}
	name, ok := lv.lifts.name(string(key))
	if !ok {
		return
	}
	i := l.find([]byte(name))
	isLarge := lv.lifts.is == ofValues && (len(key) == 0 || key[0] < 'a' || key[0] > 'z') // two keys may have the name
	of.isOdd = l.spaced([]byte(name)) || l.joined(key) || lv.lifts.is == ofWinlogData && l.unnamed(key) || i >= 0 && (isLarge || strings.Contains(name, "."))
	if l.prefixes[name] && of.lifts == nil {
		of.lifts = asPath
	}
	if i >= 0 && of.column < 0 {
		of.column, of.depth = int32(i), lv.lifts.depth // if it has a column below, too, Document.liftedNames fills this one
	}
}

// joined tells whether some column asks for a field of winlogbeat without the underscores that replace spaces.
func (l *Layout) joined(key []byte) bool {
	return bytes.IndexByte(key, '_') >= 0 && l.find([]byte(event.Joined(string(key)))) >= 0
}

// unnamed tells whether some column asks for the values without names, of which a field of winlogbeat is one.
func (l *Layout) unnamed(key []byte) bool {
	_, is := event.Param(string(key))
	return is && l.find([]byte("Data")) >= 0
}

// liftedName is a column that a field counts as that has another column below.
type liftedName struct {
	flatName
	depth int16 // that it is claimed with
	below int16 // how deep the field stands
}

// liftedNames finds them among the columns.
func (l *Layout) liftedNames() (out []liftedName) {
	for from, path := range l.list {
		keys := strings.Split(path, ".")
		of, last := outermost, len(keys)-1
		for _, key := range keys[:last] {
			if of = of.inner[key]; of == nil {
				break
			}
		}
		if of == nil || of.name == nil {
			continue
		}
		name, ok := of.name(keys[last])
		if to := l.find([]byte(name)); ok && to >= 0 {
			out = append(out, liftedName{flatName{to, from}, of.depth, int16(last)})
		}
	}
	return out
}

// liftedNames fills columns from those below that have the same field.
func (d *Document) liftedNames() {
	if d.lifted == 0 {
		return
	}
	for _, n := range d.copies {
		if from := &d.cols[n.from]; from.gen == d.gen {
			d.copyTo(n.to, from, n.depth)
		}
	}
	if d.halved {
		d.halve()
	}
}

// found notes an object whose fields are lifted, or what stands in its place. Of two the last counts, which is left to
// event.Decode.
func (d *Document) found(l *lifting) {
	first := d.peek()
	if l == asPath {
		d.wrapped = d.wrapped || first == '{' || first == '['
		return
	}
	d.wrapped = d.wrapped || d.given&l.is != 0
	switch {
	case first == 'n':
		return
	case first == '{':
		if l.is != ofSystem || !bytes.HasPrefix(d.data[jsontext.Space(d.data, d.at+1):], []byte("}")) {
			d.lifted |= l.is
		}
	case first == '[':
		d.wrapped = d.wrapped || l.name != nil
	default:
		d.wrapped = d.wrapped || l.is&(ofEventData|ofUserData) != 0 && (bytes.HasPrefix(d.data[d.at:], []byte(`"{`)) || bytes.HasPrefix(d.data[d.at:], []byte(`"\`)))
	}
	d.given |= l.is
	if l.is == ofValues {
		d.values = d.at
	}
}

// settle finds the event's form, and leaves it to event.Decode if lifted fields are not of a form that has such.
func (d *Document) settle() {
	d.flat = d.form()
	if d.flat == splunk {
		d.wrapped = d.wrapped || d.cols[d.layout.flat[splunk].keys[1]].Version == 0 // it may be a list
	}
	if d.lifted == 0 {
		return
	}
	of, wazuh := d.flat, objects(ofData|ofWin|ofSystem)
	is := func(some objects) bool { return d.lifted&some != 0 }
	switch {
	case is(ofWinlog) || of == velociraptor:
		d.wrapped = d.wrapped || is(ofSystem|ofValues|ofUserData|ofProvider) || is(ofEventData) && is(ofWinlog)
	case d.given&ofEventData != 0 && is(ofEventData|ofUserData|ofProvider): // whose columns may not be asked for
		d.wrapped = true
	case is(ofSystem | ofValues):
		d.wrapped = d.wrapped || of != noForm || !d.layout.windows || d.given&ofDecoder == 0 || d.lifted&wazuh != wazuh
	case is(ofModule):
		d.wrapped = d.wrapped || d.given&ofDecoder != 0
	}
	for _, n := range d.copies {
		from := &d.cols[n.from]
		d.wrapped = d.wrapped || from.gen == d.gen && from.depth != n.below
	}
	if is(ofValues) && !d.wrapped {
		d.readEscaping()
	}
}

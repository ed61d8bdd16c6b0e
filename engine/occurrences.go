package engine

import (
	"slices"
	"strings"
	"time"

	"decree/rules/ir"
)

// occurrence is a match of a rule that some correlation reads, as it is found.
type occurrence struct {
	unit   int
	at     time.Time
	values []watchedValue // as rule.watched
	id     string
}

// watchedSlots are where a watched field stands: in the first of the slots that has a value, behind the domain of another slot, -1
// where there is none. The source may lack the field.
type watchedSlots struct {
	slots  []int
	domain int
}

type watchedValue struct {
	text    string
	present bool
}

// occur takes down what correlations need of the current event; ok is false when it has no time.
func (m *matcher) occur(ui int) (o occurrence, ok bool) {
	at, ok := m.time()
	if !ok {
		return o, false
	}
	o = occurrence{unit: ui, at: at, id: m.id()}
	for _, reads := range m.e.units[ui].watched {
		o.values = append(o.values, m.whole(reads))
	}
	return o, true
}

// whole reads a watched field.
func (m *matcher) whole(reads watchedSlots) watchedValue {
	for _, slot := range reads.slots {
		text, ok := m.doc.First(slot)
		if !ok {
			continue
		}
		if reads.domain >= 0 {
			if domain, ok := m.doc.First(reads.domain); ok && domain != "" {
				return watchedValue{domain + `\` + text, true}
			}
		}
		return watchedValue{strings.Clone(text), true}
	}
	return watchedValue{}
}

// occurrences keeps matches until the end of the input: little of each, without pointers, and the events compressed.
type occurrences struct {
	chunks  [][]keptOccurrence
	n       int
	ids     []byte
	values  []int32 // of each match as many as its rule watches: positions in texts, -1 without a value
	texts   []string
	known   map[string]int32 // text -> its position in texts
	sources []string
	held    int         // bytes of texts and sources, about
	store   *eventStore // may be that of the events which wait for the end
	byRule  map[*rule][]int32
}

// keptOccurrence is one match. The event is the store's at ref; its size is -1 where there was no room for it.
type keptOccurrence struct {
	second       int64
	order, line  int
	nano         int32
	unit, source int32
	idEnd        int32
	values       int32
	ref          packedRef
}

// packedRef is an eventRef in less room.
type packedRef struct{ block, offset, size int32 }

func (r packedRef) unpack() eventRef { return eventRef{int(r.block), int(r.offset), int(r.size)} }

// The room that one match takes, and each of its values, about.
const (
	occurrenceChunk = 4096
	occurrenceSize  = 96
	watchedSize     = 8
	heldSize        = 64
)

func newOccurrences(store *eventStore) *occurrences {
	return &occurrences{known: map[string]int32{}, store: store, byRule: map[*rule][]int32{}}
}

// size is about how many bytes the matches take, without their events.
func (o *occurrences) size() int {
	return o.n*occurrenceSize + len(o.values)*watchedSize + len(o.ids) + o.held
}

// add keeps a match.
func (o *occurrences) add(r *rule, found occurrence, source string, line, order int, ref eventRef) {
	if o.n%occurrenceChunk == 0 {
		o.chunks = append(o.chunks, make([]keptOccurrence, 0, occurrenceChunk))
	}
	k := keptOccurrence{second: found.at.Unix(), nano: int32(found.at.Nanosecond()), order: order, line: line, unit: int32(found.unit), source: o.source(source),
		idEnd: int32(len(o.ids) + len(found.id)), values: int32(len(o.values)), ref: packedRef{int32(ref.block), int32(ref.offset), int32(ref.size)}}
	o.ids = append(o.ids, found.id...)
	for _, v := range found.values {
		at := int32(-1)
		if v.present {
			at = o.text(v.text)
		}
		o.values = append(o.values, at)
	}
	last := &o.chunks[len(o.chunks)-1]
	*last = append(*last, k)
	o.byRule[r] = append(o.byRule[r], int32(o.n))
	o.n++
}

// source is the position of a file's name: matches come a file at a time.
func (o *occurrences) source(name string) int32 {
	if last := len(o.sources) - 1; last >= 0 && o.sources[last] == name {
		return int32(last)
	}
	o.sources, o.held = append(o.sources, name), o.held+heldSize+len(name)
	return int32(len(o.sources) - 1)
}

func (o *occurrences) text(text string) int32 {
	at, ok := o.known[text]
	if !ok {
		at = int32(len(o.texts))
		o.texts, o.known[text] = append(o.texts, text), at
		o.held += heldSize + len(text)
	}
	return at
}

func (o *occurrences) at(i int32) *keptOccurrence {
	return &o.chunks[i/occurrenceChunk][i%occurrenceChunk]
}

func (o *occurrences) id(i int32) string {
	begin := int32(0)
	if i > 0 {
		begin = o.at(i - 1).idEnd
	}
	return string(o.ids[begin:o.at(i).idEnd])
}

// value is what a match has in a watched field of its rule.
func (o *occurrences) value(e *Engine, i int32, f ir.Field) (text string, ok bool) {
	k := o.at(i)
	at := slices.Index(e.units[k.unit].rule.watched, f)
	if at < 0 || o.values[int(k.values)+at] < 0 {
		return "", false
	}
	return o.texts[o.values[int(k.values)+at]], true
}

func (k *keptOccurrence) time() time.Time { return time.Unix(k.second, int64(k.nano)).UTC() }

// event is the text of a match's event; nil where there was no room for it.
func (o *occurrences) event(k *keptOccurrence) ([]byte, error) {
	if k.ref.size < 0 {
		return nil, nil
	}
	return o.store.get(k.ref.unpack())
}

// occurred keeps what correlations read for the end of the input, as long as there is room for it. Of matches beyond the room for
// events, results have the values that their correlation was grouped by.
func (e *Engine) occurred(out outcome, source string, line, order int, data []byte) {
	e.stats.Timeless += out.timeless
	for _, found := range out.occurrences {
		ref, store := eventRef{size: -1}, e.occurrences.store
		room := store.size()+len(data) <= e.opt.matchMemory()
		if room {
			ref = store.add(data)
		}
		if _, kept := e.keep(found, source, line, order, ref); kept && !room {
			e.stats.Textless++
		}
	}
}

// keep keeps a match, whose event is at ref in the store, as long as there is room for it.
func (e *Engine) keep(found occurrence, source string, line, order int, ref eventRef) (at int32, ok bool) {
	o := e.occurrences
	if o.n >= e.opt.MaxPending || o.size() > e.opt.matchMemory() {
		e.stats.Uncorrelated++
		return 0, false
	}
	o.add(e.units[found.unit].rule, found, source, line, order, ref)
	return int32(o.n - 1), true
}

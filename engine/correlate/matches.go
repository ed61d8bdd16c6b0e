package correlate

import (
	"cmp"
	"slices"
	"time"

	"decree/engine/event"
	"decree/engine/eventstore"
	"decree/rules/ir"
)

// Match is a match of a rule that some correlation reads, as it is found.
type Match struct {
	Rule   int // its number
	Unit   int // what the caller knows of how the rule was asked
	At     time.Time
	Values []Value // as Rule.Fields
	ID     string  // the event's own
}

// Value is what an event has in a field.
type Value struct {
	Text    string
	Present bool
}

// Matches keeps matches until the end of the input: little of each, without pointers, and the events compressed.
type Matches struct {
	store   *eventstore.Store
	set     *Set
	chunks  [][]kept
	n       int
	ids     []byte
	values  []int32 // of each match as many as its rule's Fields: positions in texts, -1 without a value
	texts   []string
	known   map[string]int32 // text -> its position in texts
	sources []string
	held    int // bytes of texts and sources, about
	byRule  [][]int32
}

// kept is one match. Its event may not be in the store, where there was no room for it.
type kept struct {
	second             int64
	order, line        int
	nano               int32
	rule, unit, source int32
	idEnd              int32
	values             int32
	ref                eventstore.Ref
}

// The room that one match takes, and each of its values, about.
const (
	chunkSize = 4096
	matchSize = 96
	valueSize = 8
	heldSize  = 64
)

// NewMatches makes room for matches. Their events are in a store, which may hold others too.
func (s *Set) NewMatches(store *eventstore.Store) *Matches {
	return &Matches{store: store, set: s, known: map[string]int32{}, byRule: make([][]int32, len(s.rules))}
}

// Len is how many matches there are.
func (ms *Matches) Len() int { return ms.n }

// Size is about how many bytes the matches take, without their events.
func (ms *Matches) Size() int {
	return ms.n*matchSize + len(ms.values)*valueSize + len(ms.ids) + ms.held
}

// ByRule lists the positions of each rule's matches, by its number, in the order in which they were added.
func (ms *Matches) ByRule() [][]int32 { return ms.byRule }

// Add keeps a match and returns its position. ref is that of its event in the store.
func (ms *Matches) Add(m Match, from event.Origin, ref eventstore.Ref) int32 {
	if ms.n%chunkSize == 0 {
		ms.chunks = append(ms.chunks, make([]kept, 0, chunkSize))
	}
	k := kept{second: m.At.Unix(), nano: int32(m.At.Nanosecond()), order: from.Order, line: from.Line, rule: int32(m.Rule), unit: int32(m.Unit), source: ms.source(from.Source),
		idEnd: int32(len(ms.ids) + len(m.ID)), values: int32(len(ms.values)), ref: ref}
	ms.ids = append(ms.ids, m.ID...)
	for _, v := range m.Values {
		at := int32(-1)
		if v.Present {
			at = ms.text(v.Text)
		}
		ms.values = append(ms.values, at)
	}
	last := &ms.chunks[len(ms.chunks)-1]
	*last = append(*last, k)
	position := int32(ms.n)
	ms.byRule[m.Rule] = append(ms.byRule[m.Rule], position)
	ms.n++
	return position
}

// source is the position of a file's name: matches come a file at a time.
func (ms *Matches) source(name string) int32 {
	if last := len(ms.sources) - 1; last >= 0 && ms.sources[last] == name {
		return int32(last)
	}
	ms.sources, ms.held = append(ms.sources, name), ms.held+heldSize+len(name)
	return int32(len(ms.sources) - 1)
}

func (ms *Matches) text(text string) int32 {
	at, ok := ms.known[text]
	if !ok {
		at = int32(len(ms.texts))
		ms.texts, ms.known[text] = append(ms.texts, text), at
		ms.held += heldSize + len(text)
	}
	return at
}

func (ms *Matches) at(i int32) *kept { return &ms.chunks[i/chunkSize][i%chunkSize] }

// Time is when the event of a match was.
func (ms *Matches) Time(i int32) time.Time { return ms.at(i).time() }

// Between selects the matches from begin to end, both included. positions must be in the order of times.
func (ms *Matches) Between(positions []int32, begin, end time.Time) []int32 {
	first, _ := slices.BinarySearchFunc(positions, begin, func(i int32, at time.Time) int { return ms.Time(i).Compare(at) })
	after := first
	for after < len(positions) && !ms.Time(positions[after]).After(end) {
		after++
	}
	return positions[first:after]
}

func (ms *Matches) id(i int32) string {
	begin := int32(0)
	if i > 0 {
		begin = ms.at(i - 1).idEnd
	}
	return string(ms.ids[begin:ms.at(i).idEnd])
}

// value is what a match has in one of its rule's Fields.
func (ms *Matches) value(i int32, f ir.Field) (text string, ok bool) {
	k := ms.at(i)
	at := slices.Index(ms.set.rules[k.rule].Fields, f)
	if at < 0 || ms.values[int(k.values)+at] < 0 {
		return "", false
	}
	return ms.texts[ms.values[int(k.values)+at]], true
}

// event is a match's event; it has no content if there was no room for it.
func (ms *Matches) event(k *kept) (event.Input, error) {
	in := event.Input{Origin: event.Origin{Source: ms.sources[k.source], Line: k.line, Order: k.order}}
	if k.ref.IsNone() {
		return in, nil
	}
	data, err := ms.store.Get(k.ref)
	in.Content = event.TextContent(slices.Clone(data))
	return in, err
}

func (k *kept) time() time.Time { return time.Unix(k.second, int64(k.nano)).UTC() }

// compare orders matches by time, and those of one time by input.
func (k *kept) compare(o *kept) int {
	return cmp.Or(cmp.Compare(k.second, o.second), cmp.Compare(k.nano, o.nano), cmp.Compare(k.order, o.order))
}

func (k *kept) sameTime(o *kept) bool { return k.second == o.second && k.nano == o.nano }

// before tells whether a match lies before a time.
func (k *kept) before(second int64, nano int32) bool {
	return k.second < second || k.second == second && k.nano < nano
}

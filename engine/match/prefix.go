package match

import (
	"unsafe"

	"decree/engine/document"
)

// lastText remembers how the last long text of a slot was read. If the next one begins alike, it is read on from where it differs:
// PowerShell's log, for one, repeats the command line of its host in every event. BenchmarkLastText shows what this saves.
type lastText struct {
	text  []byte
	marks []mark  // along the text; none if it was read without
	hits  []int32 // atoms found, in their order, without those of the end mark
}

// mark is the state of the automaton before a byte of the text, and how many of the hits came before.
type mark struct {
	state uint32
	hits  int32
}

// How far marks are apart, and the longest text that is remembered.
const (
	markEvery   = 32
	longestLast = 1 << 16
)

// scanFrom is scan for a text that may begin like the one before.
func (a *automaton) scanFrom(v string, r *lastText, hits []int32) []int32 {
	shared := document.SharedPrefix(r.text, unsafe.Slice(unsafe.StringData(v), len(v)))
	r.text = append(r.text[:shared], v[shared:]...)
	if shared < len(v)/2 { // marks cost more than they are likely to save
		r.marks = r.marks[:0]
		return a.scan(v, hits)
	}
	at, s := 0, a.next[a.begin]
	if len(r.marks) > 0 {
		last := min(shared/markEvery, len(r.marks)-1)
		at, s = last*markEvery, r.marks[last].state
		r.marks, r.hits = r.marks[:last], r.hits[:r.marks[last].hits]
	} else if r.hits = r.hits[:0]; s&emits != 0 {
		r.hits = a.collect(s, r.hits)
	}
	for at < len(v) {
		r.marks = append(r.marks, mark{s, int32(len(r.hits))})
		for end := min(at+markEvery, len(v)); at < end; at++ {
			if s = a.next[s&^emits+uint32(a.class[v[at]])]; s&emits != 0 {
				r.hits = a.collect(s, r.hits)
			}
		}
	}
	return a.last(s, append(hits, r.hits...))
}

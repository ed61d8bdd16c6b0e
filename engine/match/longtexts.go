package match

import (
	"bytes"
	"slices"
	"unsafe"

	"decree/engine/document"
)

// longTexts are the long texts that a worker searched last, of all slots. If one begins as one of them, it is searched
// from where it differs: PowerShell's log, for one, repeats the command line of its host in every event. Events of
// several hosts come in turns, so it is more than one. BenchmarkBegunAlike shows what this saves.
type longTexts struct {
	list [mostLong]longText
	used uint32 // how often one was taken
}

// longText is a text, and what was found in it.
type longText struct {
	of    *search
	text  []byte
	found []ended
	used  uint32 // when it was last taken
}

// ended is a pattern that may stand anywhere, and where it ends in the text.
type ended struct {
	pattern uint32
	end     int
}

// How many texts are remembered, and of which lengths.
const (
	mostLong     = 16
	shortestLong = 512
	longestLong  = 1 << 16
)

// begunAlike finds again what was found in the beginning of a long text, if this one begins so too, and gives the place
// from which to search.
func (s *search) begunAlike(v string) int {
	s.kept = len(v) >= shortestLong && len(v) <= longestLong && !s.several
	if !s.kept {
		return 0
	}
	shared := s.takeLong(unsafe.Slice(unsafe.StringData(v), len(v)))
	s.long.text = append(s.long.text[:shared], v[shared:]...)
	s.long.found = slices.DeleteFunc(s.long.found, func(e ended) bool { return e.end > shared })
	for _, e := range s.long.found {
		s.found(e.pattern)
	}
	return max(0, shared-s.longest-round) &^ (round - 1)
}

// takeLong takes a remembered text that has half of this one or more as its beginning, and gives how much: the one
// taken last, or else the one that shares most. If there is none, it takes the one that was taken longest ago, of which
// nothing is shared.
func (s *search) takeLong(v []byte) (shared int) {
	all := &s.work.long
	best := s.long
	if best != nil && best.of == s {
		shared = document.SharedPrefix(best.text, v)
	}
	half := len(v) / 2
	if shared < half {
		oldest := &all.list[0]
		for i := range all.list {
			t := &all.list[i]
			if t.used < oldest.used {
				oldest = t
			}
			if t.of != s || t == s.long || len(t.text) < half || !bytes.Equal(t.text[half-8:half], v[half-8:half]) {
				continue // eight bytes show quickly that it does not share half
			}
			if n := document.SharedPrefix(t.text, v); n > shared {
				best, shared = t, n
			}
		}
		if shared < half {
			best, shared = oldest, 0
		}
	}
	all.used++
	best.of, best.used = s, all.used
	s.long = best
	return shared
}

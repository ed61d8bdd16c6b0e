package match

import (
	"slices"
	"unsafe"

	"decree/engine/document"
)

// lastText is the last long text that was searched, and what was found in it. If the next one begins alike, it is searched from where it differs:
// PowerShell's log, for one, repeats the command line of its host in every event. BenchmarkBegunAlike shows what this saves.
type lastText struct {
	text  []byte
	found []ended
	kept  bool // the text that is searched now is the last one
}

// ended is a pattern that may stand anywhere, and where it ends in the text.
type ended struct {
	pattern uint32
	end     int
}

// The lengths of texts that are remembered.
const (
	shortestLast = 512
	longestLast  = 1 << 16
)

// begunAlike finds again what was found in the beginning of the last text, if this one begins so too, and gives the place from which to search.
func (s *search) begunAlike(v string) int {
	last := &s.last
	last.kept = len(s.grams) > 0 && len(v) >= shortestLast && len(v) <= longestLast && !s.several
	if !last.kept {
		return 0
	}
	shared := document.SharedPrefix(last.text, unsafe.Slice(unsafe.StringData(v), len(v)))
	last.text = append(last.text[:shared], v[shared:]...)
	last.found = slices.DeleteFunc(last.found, func(e ended) bool { return e.end > shared })
	for _, e := range last.found {
		s.found(e.pattern)
	}
	return max(0, shared-s.longest-round) &^ (round - 1)
}

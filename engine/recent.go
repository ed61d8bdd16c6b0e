package engine

import "hash/maphash"

// recent remembers which atoms the texts of a slot satisfied: the paths, accounts and command lines of a
// log come again and again, and to hash and compare a text is several times quicker than to read it
// through an automaton. A text takes the place of another with the same hash, so that no more is kept than
// recentTexts of each slot, none longer than longestRecent, and memory is used again.
type recent struct {
	entries []recentText
}

type recentText struct {
	text []byte
	hits []int32
}

// Shorter texts are read as quickly as they are found.
const (
	recentTexts    = 256
	shortestRecent = 24
	longestRecent  = 768
)

var recentSeed = maphash.MakeSeed()

// of gives where the atoms of a text are kept, and whether they are those of this text already.
func (r *recent) of(text string) (at *recentText, known bool) {
	if r.entries == nil {
		r.entries = make([]recentText, recentTexts)
	}
	at = &r.entries[maphash.String(recentSeed, text)%recentTexts]
	return at, string(at.text) == text
}

// keep puts a text and its atoms in the place that of gave.
func (at *recentText) keep(text string, hits []int32) {
	at.text = append(at.text[:0], text...)
	at.hits = append(at.hits[:0], hits...)
}

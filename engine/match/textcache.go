package match

import "hash/maphash"

// textCache remembers which atoms the texts of a slot satisfied: the paths, accounts and command lines of a
// log come again and again, and to hash and compare a text is several times quicker than to read it
// through an automaton. A text takes the place of another with the same hash, so that no more is kept than
// cachedTexts of each slot, none longer than longestCached, and memory is used again.
type textCache struct {
	entries []cachedText
}

type cachedText struct {
	text []byte
	hits []int32
}

// Shorter texts are read as quickly as they are found.
const (
	cachedTexts    = 256
	shortestCached = 24
	longestCached  = 768
)

var cacheSeed = maphash.MakeSeed()

// of gives where the atoms of a text are kept, and whether they are those of this text already.
func (c *textCache) of(text string) (at *cachedText, known bool) {
	if c.entries == nil {
		c.entries = make([]cachedText, cachedTexts)
	}
	at = &c.entries[maphash.String(cacheSeed, text)%cachedTexts]
	return at, string(at.text) == text
}

// keep puts a text and its atoms in the place that of gave.
func (at *cachedText) keep(text string, hits []int32) {
	at.text = append(at.text[:0], text...)
	at.hits = append(at.hits[:0], hits...)
}

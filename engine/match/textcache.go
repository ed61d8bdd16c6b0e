package match

import "hash/maphash"

// textCache remembers which atoms the texts of a slot satisfied. The paths, accounts and command lines of a
// log come again and again, and hashing and comparing a text is several times faster than reading it
// through an automaton (BenchmarkTextCache). A text replaces another with the same hash, so that no slot keeps
// more than cachedTexts, none longer than longestCached, and memory is used again.
type textCache struct {
	entries []cachedText
}

type cachedText struct {
	text []byte
	hits []int32
}

// Shorter texts are read as fast as they are looked up.
const (
	cachedTexts    = 256
	shortestCached = 24
	longestCached  = 768
)

var cacheSeed = maphash.MakeSeed()

// of gives the entry for a text, and whether it holds this text's atoms already.
func (c *textCache) of(text string) (at *cachedText, known bool) {
	if c.entries == nil {
		c.entries = make([]cachedText, cachedTexts)
	}
	at = &c.entries[maphash.String(cacheSeed, text)%cachedTexts]
	return at, string(at.text) == text
}

// keep puts a text and its atoms into the entry.
func (at *cachedText) keep(text string, hits []int32) {
	at.text = append(at.text[:0], text...)
	at.hits = append(at.hits[:0], hits...)
}

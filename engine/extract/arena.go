package extract

import (
	"strings"
	"unsafe"

	"decree/engine/fold"
)

// Arena holds texts that an extract makes, in memory that is used again for the next event.
type Arena struct {
	bytes  []byte
	start  int
	folded fold.Arena
}

// Reset frees the memory of all texts for new ones.
func (a *Arena) Reset() {
	a.bytes = a.bytes[:0]
	a.folded.Reset()
}

// begin begins a text.
func (a *Arena) begin() { a.start = len(a.bytes) }

func (a *Arena) add(text string) { a.bytes = append(a.bytes, text...) }

// drop takes back the last bytes of the text.
func (a *Arena) drop(n int) { a.bytes = a.bytes[:len(a.bytes)-n] }

// end gives the text, which is valid until Reset.
func (a *Arena) end() string {
	b := a.bytes[a.start:]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// fold gives a text as tests without regard to case compare it.
func (a *Arena) fold(t string) string {
	if !ascii(t) {
		return fold.Text(t)
	}
	return a.folded.ASCII(t)
}

func (a *Arena) lower(t string) string {
	if !ascii(t) {
		return strings.ToLower(t)
	}
	return a.shifted(t, 'A', 'a')
}

func (a *Arena) upper(t string) string {
	if !ascii(t) {
		return strings.ToUpper(t)
	}
	return a.shifted(t, 'a', 'A')
}

// shifted gives an ASCII text in one case.
func (a *Arena) shifted(t string, from, to byte) string {
	at := strings.IndexFunc(t, func(r rune) bool { return r >= rune(from) && r < rune(from)+26 })
	if at < 0 {
		return t
	}
	a.begin()
	a.add(t)
	for i, c := range a.bytes[a.start:] {
		if c >= from && c < from+26 {
			a.bytes[a.start+i] = c - from + to
		}
	}
	return a.end()
}

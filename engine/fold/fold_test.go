package fold

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestASCII compares with the standard library at every byte and at every place in a word.
func TestASCII(t *testing.T) {
	var all strings.Builder
	for c := range 0x80 {
		all.WriteByte(byte(c))
	}
	var a Arena
	for cut := range 20 {
		text := all.String()[cut:]
		assert.Equal(t, strings.ToLower(text), a.ASCII(text))
	}
}

// TestEight folds each byte at each place among others, also among bytes of letters beyond ASCII.
func TestEight(t *testing.T) {
	for c := range 0x100 {
		for at := range 8 {
			for _, other := range []byte{0, 'a', 'Z', 0x7f, 0x80, 0xff} {
				var text, want [8]byte
				for i := range text {
					text[i], want[i] = other, other
				}
				text[at], want[at] = byte(c), byte(c)
				for i, b := range want {
					if b >= 'A' && b <= 'Z' {
						want[i] = b + 'a' - 'A'
					}
				}
				if got := Eight(binary.LittleEndian.Uint64(text[:])); got != binary.LittleEndian.Uint64(want[:]) {
					t.Fatalf("%q: %x", text, got)
				}
			}
		}
	}
}

// TestText holds which letters are the same: case of ASCII, and beyond it what Unicode folds, unless that is a letter
// of ASCII.
func TestText(t *testing.T) {
	for text, want := range map[string]string{"": "", "abc": "abc", "A1b": "a1b", "ÄÖ": Text("äö"), "\u017f": "\u017f", "\u212a": "\u212a", "ΣΑΣ": Text("σας")} {
		assert.Equal(t, want, Text(text), text)
	}
	assert.Equal(t, Rune('σ'), Rune('ς'))
	assert.NotEqual(t, Rune('k'), Rune('\u212a'))
}

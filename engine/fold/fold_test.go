package fold

import (
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

// TestText holds which letters are the same: case of ASCII, and beyond it what Unicode folds, unless that is a letter of ASCII.
func TestText(t *testing.T) {
	for text, want := range map[string]string{"": "", "abc": "abc", "A1b": "a1b", "ÄÖ": Text("äö"), "\u017f": "\u017f", "\u212a": "\u212a", "ΣΑΣ": Text("σας")} {
		assert.Equal(t, want, Text(text), text)
	}
	assert.Equal(t, Rune('σ'), Rune('ς'))
	assert.NotEqual(t, Rune('k'), Rune('\u212a'))
}

package jsontext

import (
	"unicode/utf16"
	"unicode/utf8"
)

var plainEscapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// PlainEscape is what a letter behind a backslash stands for; 0 if it is none, or u.
func PlainEscape(letter byte) byte { return plainEscapes[letter] }

// EscapeLength is how long the escape at the head of b is, which begins with a backslash; 0 if it is none.
func EscapeLength(b []byte) int {
	switch {
	case len(b) < 2:
		return 0
	case plainEscapes[b[1]] != 0:
		return 2
	case b[1] == 'u' && len(b) >= 6 && hex(b[2:6]):
		return 6
	}
	return 0
}

func hex(digits []byte) bool {
	for _, c := range digits {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
			return false
		}
	}
	return true
}

// AppendUnescaped appends what the escape at the head of b stands for, and gives its length. A lone
// surrogate becomes U+FFFD.
func AppendUnescaped(to, b []byte) (text []byte, taken int) {
	if b[1] != 'u' {
		return append(to, plainEscapes[b[1]]), 2
	}
	r, taken := rune(code(b[2:6])), 6
	if utf16.IsSurrogate(r) {
		low := rune(0)
		if rest := b[6:]; len(rest) > 0 && rest[0] == '\\' && EscapeLength(rest) == 6 {
			low = rune(code(rest[2:6]))
		}
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			taken = 12
		}
	}
	return utf8.AppendRune(to, r), taken
}

func code(digits []byte) (n uint16) {
	for _, c := range digits {
		n <<= 4
		switch {
		case c <= '9':
			n += uint16(c - '0')
		case c <= 'F':
			n += uint16(c-'A') + 10
		default:
			n += uint16(c-'a') + 10
		}
	}
	return n
}

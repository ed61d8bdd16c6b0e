package jsontext

import (
	"strings"
	"unicode/utf8"
)

// shortEscapes are the letters behind the backslash of characters that have one.
var shortEscapes = [256]byte{'"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}

const hexDigits = "0123456789abcdef"

// AppendString appends a text as a JSON string, as encoding/json writes it without escapes for HTML.
func AppendString(to []byte, text string) []byte {
	to = append(to, '"')
	for {
		plain := plainLength(text)
		to = append(to, text[:plain]...)
		if plain == len(text) {
			return append(to, '"')
		}
		c, size := utf8.DecodeRuneInString(text[plain:])
		switch {
		case c >= utf8.RuneSelf && size > 1:
			to = append(to, `\u202`...)
			to = append(to, hexDigits[c&0xf])
		case c >= utf8.RuneSelf:
			to = append(to, `\ufffd`...)
		case shortEscapes[c] != 0:
			to = append(to, '\\', shortEscapes[c])
		default:
			to = append(to, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
		}
		text = text[plain+size:]
	}
}

// plainLength is how many bytes of a text are written as they are: up to a quote, a backslash, a control character, a
// byte that is not UTF-8, or a separator of lines or paragraphs, which JavaScript takes for the end of a line.
func plainLength(text string) int {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c < ' ' || c == '"' || c == '\\':
			return i
		case c < utf8.RuneSelf:
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 || strings.ContainsRune("\u2028\u2029", r) {
			return i
		}
		i += size
	}
	return len(text)
}

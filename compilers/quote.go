package compilers

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote writes a text in double quotes, with the escapes that query languages share. unprintable writes characters that
// are not plainly printable. No value can end its string or hide in it.
func Quote(s string, unprintable func(r rune) string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, string(utf8.RuneError)) {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case !unicode.IsPrint(r):
			b.WriteString(unprintable(r))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

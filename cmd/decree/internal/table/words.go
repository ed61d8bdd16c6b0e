package table

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Words breaks a text into lines of so many columns, those after the first with an indent. It breaks at spaces alone,
// and never within `code` or "quotes": what is longer than a line stays whole. With no columns it breaks nothing.
func Words(text string, columns, indent int) string {
	if columns <= 0 || uniseg.StringWidth(text) <= columns {
		return text
	}
	var b strings.Builder
	width := 0
	for i, word := range wordsOf(text) {
		taken := uniseg.StringWidth(word)
		switch {
		case i == 0:
		case width+1+taken > columns:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			width = indent
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += taken
	}
	return b.String()
}

// wordsOf splits a text at its spaces, but for those within quotes that are closed.
func wordsOf(text string) (words []string) {
	start, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote == '"' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '`' || c == '"') && strings.IndexByte(text[i+1:], c) >= 0:
			quote = c
		case c == ' ':
			words = append(words, text[start:i])
			start = i + 1
		}
	}
	return append(words, text[start:])
}

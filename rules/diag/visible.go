package diag

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible makes a text from a rule, a test or an event safe to show. The result is one line. Characters that control a
// terminal, reorder a line or are invisible become escapes, such as \x1b or \u202e. All output for people passes
// through it: findings, tables, results, reports for CI, and comments in queries.
func Visible(text string) string {
	if strings.IndexFunc(text, hidden) < 0 && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for i, c := range text {
		if c == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)) {
			fmt.Fprintf(&b, `\x%02x`, text[i])
			continue
		}
		writeVisible(&b, c)
	}
	return b.String()
}

// FirstVisible is Visible for text at the start of a line: it also prevents commands to GitHub's runner.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func FirstVisible(text string) string {
	shown := Visible(text)
	at := strings.TrimLeft(shown, " ")
	if strings.HasPrefix(at, "::") || strings.HasPrefix(at, "##[") {
		return fmt.Sprintf(`%s\x%02x%s`, shown[:len(shown)-len(at)], at[0], at[1:])
	}
	return shown
}

func writeVisible(b *strings.Builder, c rune) {
	switch {
	case !hidden(c):
		b.WriteRune(c)
	case c == '\n':
		b.WriteString(`\n`)
	case c == '\r':
		b.WriteString(`\r`)
	case c == '\t':
		b.WriteString(`\t`)
	case c < 0x80:
		fmt.Fprintf(b, `\x%02x`, c)
	case c <= 0xffff:
		fmt.Fprintf(b, `\u%04x`, c)
	default:
		fmt.Fprintf(b, `\U%08x`, c)
	}
}

// hidden tells whether a character is invisible or changes how others are shown.
func hidden(c rune) bool {
	if c < 0x7f {
		return c < ' '
	}
	return !unicode.IsGraphic(c) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, c) || unicode.Is(unicode.Variation_Selector, c)
}

// VisibleJSON escapes in a JSON text the characters that Visible escapes. The data stays the same: except for line
// breaks and tabs between elements, such characters occur only in strings.
func VisibleJSON(data []byte) []byte {
	beyond := 0 // the first byte that may be of a hidden character
	for beyond < len(data) && data[beyond] < 0x7f {
		beyond++
	}
	isHidden := func(c rune) bool { return c >= 0x7f && hidden(c) }
	if bytes.IndexFunc(data[beyond:], isHidden) < 0 {
		return data
	}
	var b strings.Builder
	for _, c := range string(data) {
		switch {
		case !isHidden(c):
			b.WriteRune(c)
		case c <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(c-0x10000)>>10, 0xdc00+(c-0x10000)&0x3ff)
		}
	}
	return []byte(b.String())
}

package evtx

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Windows writes characters that XML cannot have when a command line holds them: one such character would hide an
// event. And a line that ends with CR LF in a value would lose the CR, as XML's parsers do. So these
// characters are hidden from the parser behind ones that stand for nothing: of the last two of each plane of Unicode
// there are as many as control characters. What is not a character at all becomes U+FFFD.

// hidden is what stands for a control character.
func hidden(c rune) rune { return (1+c>>1)<<16 | 0xfffe | c&1 }

// isStandIn tells the characters that hidden gives.
func isStandIn(r rune) bool { return r > 0xffff && r&0xfffe == 0xfffe }

// restored gives a text its characters back.
func restored(text string) string {
	if strings.IndexFunc(text, isStandIn) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if isStandIn(r) {
			return (r>>16-1)<<1 | r&1
		}
		return r
	}, text)
}

// legal hides what the parser would not let through.
func legal(text []byte) []byte {
	if isPlain(text) {
		return text
	}
	out := make([]byte, 0, len(text)+len(text)/8)
	markup := markup{}
	for len(text) > 0 {
		if n, c := reference(text); n > 0 {
			if isLegal(c) {
				out = append(out, text[:n]...)
			} else {
				out = utf8.AppendRune(out, standIn(c))
			}
			text = text[n:]
			continue
		}
		markup.next(text)
		r, n := utf8.DecodeRune(text)
		switch {
		case r == '\r' && !markup.inTag, !isLegal(r), r == utf8.RuneError, isStandIn(r):
			out = utf8.AppendRune(out, standIn(r))
		default:
			out = append(out, text[:n]...)
		}
		text = text[n:]
	}
	return out
}

func standIn(r rune) rune {
	if r >= 0 && r < ' ' {
		return hidden(r)
	}
	return utf8.RuneError
}

// isPlain tells a text in which nothing has to be hidden.
func isPlain(text []byte) bool {
	for _, c := range text {
		if c < ' ' && c != '\t' && c != '\n' || c >= 0xef { // further on are characters that stand for nothing
			return false
		}
	}
	return utf8.Valid(text) && !bytes.Contains(text, []byte("&#"))
}

// reference reads a reference to a character at the start of a text: its length, and the character. Its length is 0 if
// there is none.
func reference(text []byte) (n int, c rune) {
	const longest = len("&#1114111;")
	if !bytes.HasPrefix(text, []byte("&#")) {
		return 0, 0
	}
	end := bytes.IndexByte(text[:min(len(text), longest+20)], ';') // it may begin with zeros
	if end < 0 {
		return 0, 0
	}
	digits, base := string(text[2:end]), 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	if digits == "" || strings.Trim(digits, "0123456789abcdefABCDEF") != "" {
		return 0, 0
	}
	code, err := strconv.ParseUint(digits, base, 21)
	if err != nil {
		return end + 1, -1
	}
	return end + 1, rune(code)
}

// markup follows a text and knows what is a tag.
type markup struct {
	inTag bool
	quote byte // around the value of an attribute
	until string
}

// next looks at the character at the start of a text.
func (m *markup) next(text []byte) {
	c := text[0]
	switch {
	case m.until != "":
		if bytes.HasPrefix(text, []byte(m.until)) {
			m.until = ""
		}
	case m.quote != 0:
		if c == m.quote {
			m.quote = 0
		}
	case m.inTag && (c == '"' || c == '\''):
		m.quote = c
	case m.inTag:
		m.inTag = c != '>'
	case bytes.HasPrefix(text, []byte("<![CDATA[")):
		m.until = "]]>"
	case c == '<':
		m.inTag = true
	}
}

// isLegal follows https://www.w3.org/TR/xml/#charsets.
func isLegal(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r < 0xd800 || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 && r <= utf8.MaxRune
}

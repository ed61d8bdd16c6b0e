package evtx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseXML reads one <Event> as Windows' tools write it, into the fields that Next gives of the same
// event. Every value is text.
func ParseXML(text []byte) (map[string]any, error) {
	dec := xml.NewDecoder(bytes.NewReader(legal(text)))
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	var open []*element
	for {
		token, err := dec.Token()
		if err != nil {
			var syntax *xml.SyntaxError
			if errors.As(err, &syntax) {
				return nil, errors.New(syntax.Msg)
			}
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(open) == maxDepth {
				return nil, fmt.Errorf("elements nest deeper than %d", maxDepth)
			}
			e := &element{name: token.Name.Local}
			for _, a := range token.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
					e.attrs = append(e.attrs, attribute{a.Name.Local, a.Value})
				}
			}
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.children = append(parent.children, e)
			}
			open = append(open, e)
		case xml.CharData:
			if len(open) > 0 {
				e := open[len(open)-1]
				e.values = append(e.values, string(token))
			}
		case xml.EndElement: // the decoder knows that it closes the innermost
			e := open[len(open)-1]
			open = open[:len(open)-1]
			if len(open) == 0 {
				return fields(e), nil
			}
			if isLayout(e) {
				e.values = nil
			}
		}
	}
}

// isLayout tells that an element holds only the spaces and lines that tools put between tags.
func isLayout(e *element) bool {
	lines := false
	for _, v := range e.values {
		text := v.(string)
		if strings.TrimSpace(text) != "" {
			return false
		}
		lines = lines || strings.Contains(text, "\n")
	}
	return lines || len(e.children) > 0
}

var reference = regexp.MustCompile(`&#(?:x([0-9a-fA-F]+)|([0-9]+));`)

// legal replaces the characters that XML cannot have, which Windows writes all the same when a command
// line holds them: else one such character would hide an event.
func legal(text []byte) []byte {
	text = bytes.Map(func(r rune) rune {
		if isLegal(r) {
			return r
		}
		return utf8.RuneError
	}, text)
	return reference.ReplaceAllFunc(text, func(ref []byte) []byte {
		digits, base := string(ref[2:len(ref)-1]), 10
		if digits[0] == 'x' {
			digits, base = digits[1:], 16
		}
		if n, err := strconv.ParseUint(digits, base, 21); err != nil || !isLegal(rune(n)) {
			return []byte(string(utf8.RuneError))
		}
		return ref
	})
}

// isLegal follows https://www.w3.org/TR/xml/#charsets.
func isLegal(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r < 0xd800 || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 && r <= utf8.MaxRune
}

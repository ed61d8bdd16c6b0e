package evtx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
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
					e.attrs = append(e.attrs, attribute{a.Name.Local, restored(a.Value)})
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
				e.values = append(e.values, restored(string(token)))
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

// isLayout tells that an element holds only the spaces and lines that tools put between tags: before the end of one that
// holds no other, a line end and what its line begins with.
func isLayout(e *element) bool {
	var text strings.Builder
	for _, v := range e.values {
		text.WriteString(v.(string))
	}
	if strings.TrimSpace(text.String()) != "" {
		return false
	}
	return len(e.children) > 0 || indent.MatchString(text.String())
}

var indent = regexp.MustCompile(`^\r?\n[ \t]+$`)

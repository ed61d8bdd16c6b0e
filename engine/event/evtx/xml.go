package evtx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"decree/engine/event/winevent"
)

// xmlReader reads events as Windows' tools write them.
type xmlReader struct {
	fields winevent.Collector
	flat   *winevent.Flattener // to fields
}

var xmlReaders = sync.Pool{New: func() any {
	x := &xmlReader{}
	x.flat = winevent.NewFlattener(&x.fields)
	return x
}}

// FromXML reads one <Event> into the fields that Next gives of the same event. Every value is text. Several goroutines
// may call it at once.
func FromXML(text []byte) (winevent.Fields, error) {
	x := xmlReaders.Get().(*xmlReader)
	defer xmlReaders.Put(x)
	return x.event(text)
}

func (x *xmlReader) event(text []byte) (winevent.Fields, error) {
	dec := xml.NewDecoder(bytes.NewReader(legal(text)))
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	var open openElements
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
			open.start(token)
		case xml.CharData:
			if len(open) > 0 {
				e := open[len(open)-1]
				e.Parts = append(e.Parts, textPart(restored(string(token))))
			}
		case xml.EndElement: // the decoder knows that it closes the innermost
			if e := open.end(); len(open) == 0 {
				x.flat.Event(e)
				return x.fields.Take(), nil
			}
		}
	}
}

// openElements are the elements around what is read, the innermost last.
type openElements []*winevent.Element

// start opens an element within the innermost.
func (o *openElements) start(token xml.StartElement) {
	e := &winevent.Element{Name: token.Name.Local}
	for _, a := range token.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			e.Attributes = append(e.Attributes, winevent.Attribute{Name: a.Name.Local, Value: textPart(restored(a.Value))})
		}
	}
	if len(*o) > 0 {
		parent := (*o)[len(*o)-1]
		parent.Children = append(parent.Children, e)
	}
	*o = append(*o, e)
}

// end closes the innermost element and gives it. Layout within another element is not text.
func (o *openElements) end() *winevent.Element {
	e := (*o)[len(*o)-1]
	*o = (*o)[:len(*o)-1]
	if len(*o) > 0 && isLayout(e) {
		e.Parts = nil
	}
	return e
}

// isLayout tells that an element holds only the spaces and lines that tools put between tags: before the end of one
// that holds no other, a line end and what its line begins with.
func isLayout(e *winevent.Element) bool {
	text := e.Text().Text
	if strings.TrimSpace(text) != "" {
		return false
	}
	return len(e.Children) > 0 || indent.MatchString(text)
}

var indent = regexp.MustCompile(`^\r?\n[ \t]+$`)

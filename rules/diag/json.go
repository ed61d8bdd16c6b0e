package diag

import (
	"bytes"
	"encoding/json"
	"io"
	"sync"

	"github.com/tidwall/pretty"
)

// WriteJSON writes a value as indented JSON and a line break, and escapes the characters that Visible escapes.
func WriteJSON(w io.Writer, v any) error {
	text, err := IndentedJSON(v, "")
	if err != nil {
		return err
	}
	_, err = w.Write(append(VisibleJSON(text), '\n'))
	return err
}

// IndentedJSON gives a value as indented JSON. Each line but the first begins with a prefix. It does not escape it for
// HTML.
func IndentedJSON(v any, prefix string) ([]byte, error) {
	line := indented.Get().(*bytes.Buffer)
	defer indented.Put(line)
	line.Reset()
	if err := encode(line, v); err != nil {
		return nil, err
	}
	text := pretty.PrettyOptions(line.Bytes(), &pretty.Options{Prefix: prefix, Indent: "  "})
	return bytes.TrimSuffix(text[len(prefix):], []byte("\n")), nil
}

// indented are buffers for what IndentedJSON indents: a run writes many matches, each with its event.
var indented = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// JSON gives a value as JSON on one line, without its line break, and does not escape it for HTML.
func JSON(v any) ([]byte, error) {
	var b bytes.Buffer
	err := encode(&b, v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// Appender is a value that appends its own JSON, on one line. Of a json.Marshaler encoding/json would read and write
// the text once more.
type Appender interface {
	AppendJSON(to []byte) ([]byte, error)
}

// encode writes a value as JSON, perhaps with a line break behind it.
func encode(to *bytes.Buffer, v any) error {
	if own, is := v.(Appender); is {
		text, err := own.AppendJSON(to.AvailableBuffer())
		to.Write(text)
		return err
	}
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

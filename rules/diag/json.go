package diag

import (
	"bytes"
	"encoding/json"
	"io"

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
	text, err := JSON(v)
	if err != nil {
		return nil, err
	}
	text = pretty.PrettyOptions(text, &pretty.Options{Prefix: prefix, Indent: "  "})
	return bytes.TrimSuffix(text[len(prefix):], []byte("\n")), nil
}

// JSON gives a value as JSON on one line, without its line break, and does not escape it for HTML.
func JSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

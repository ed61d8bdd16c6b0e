package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"decree/engine/jsontext"
)

// Decode reads one JSON object as Object does. It adds the field names of flatten, and names without spaces.
func Decode(data []byte) (map[string]any, error) {
	fields, err := Object(data)
	if err != nil {
		return nil, err
	}
	return unspaced(flatten(fields)), nil
}

// Object reads one JSON object and keeps numbers as written. Of a duplicate key, the last value counts.
func Object(data []byte) (map[string]any, error) {
	if fields := parse(data); fields != nil {
		return fields, nil
	}
	return nil, refused(data)
}

// refused says what is wrong with a text that is not a JSON object.
func refused(data []byte) error {
	if deep := nesting(data); deep > jsontext.MaxNesting {
		return fmt.Errorf("JSON is nested deeper than %d levels", jsontext.MaxNesting)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	if rest := bytes.Trim(data[dec.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return errors.New("not JSON: text after the object")
	}
	return fmt.Errorf("a JSON %s, not an object", kind(v))
}

func kind(v any) string {
	switch v.(type) {
	case []any:
		return "array"
	case string:
		return "string"
	case json.Number:
		return "number"
	case bool:
		return "boolean"
	case map[string]any:
		panic("event: an object that encoding/json reads was refused")
	}
	return "null"
}

func nesting(data []byte) int {
	depth, most, quoted := 0, 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			most = max(most, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return most
}

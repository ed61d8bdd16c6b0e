package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// maxNesting is the limit of the engine's own parser, so that both refuse the same lines.
const maxNesting = 300

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
	if deep := nesting(data); deep > maxNesting {
		return nil, fmt.Errorf("JSON is nested deeper than %d levels", maxNesting)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	if rest := bytes.Trim(data[dec.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return nil, errors.New("not JSON: text after the object")
	}
	fields, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("a JSON %s, not an object", kind(v))
	}
	return fields, nil
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

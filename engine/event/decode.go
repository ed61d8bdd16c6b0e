package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// maxNesting is that of the engine's own parser, so that both refuse the same lines.
const maxNesting = 300

// Decode reads one JSON object as Object does, with the names that flatten gives, and those without spaces.
func Decode(data []byte) (map[string]any, error) {
	fields, err := Object(data)
	if err != nil {
		return nil, err
	}
	return unspaced(flatten(fields)), nil
}

// Object reads one JSON object, numbers kept as written. Of a key that stands twice the last counts.
func Object(data []byte) (map[string]any, error) {
	if deep := nesting(data); deep > maxNesting {
		return nil, fmt.Errorf("JSON nests deeper than %d", maxNesting)
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

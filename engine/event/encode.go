package event

import (
	"slices"

	"decree/engine/jsontext"
	"decree/rules/diag"
)

// appendFields appends fields as JSON with the keys in order, as encoding/json writes them.
func appendFields(to []byte, fields map[string]any) []byte {
	var room [32]string
	keys := room[:0]
	for key := range fields {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	to = append(to, '{')
	for i, key := range keys {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(jsontext.AppendString(to, key), ':')
		to = appendValue(to, fields[key])
	}
	return append(to, '}')
}

// appendValue appends a value of a text log or a table: texts, and maps of them.
func appendValue(to []byte, value any) []byte {
	switch value := value.(type) {
	case string:
		return jsontext.AppendString(to, value)
	case map[string]any:
		return appendFields(to, value)
	case []string:
		to = append(to, '[')
		for i, text := range value {
			if i > 0 {
				to = append(to, ',')
			}
			to = jsontext.AppendString(to, text)
		}
		return append(to, ']')
	}
	text, err := diag.JSON(value)
	if err != nil {
		panic(err) // what was read from text can be written
	}
	return append(to, text...)
}

package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// The functions on JSON. Search Reference: "JSON functions". JSON is a text here, as in an event; a number, a truth and
// a text that a path finds have types of their own. A truth is a failure where a text is asked for, since no page says
// how it is spelt.

// splExtract is json_extract: "Extracts the value specified by <path> from <json>, and converts the value to the native
// type. This can be a JSON array"; without a path it "converts a JSON string to a string"; with several it "extracts
// all of the paths from <json> and returns it as a JSON array".
func splExtract(text string, paths []any) any {
	if !json.Valid([]byte(text)) {
		return nil
	}
	switch len(paths) {
	case 0:
		return splNative(json.RawMessage(text))
	case 1:
		found, _ := splFollow(json.RawMessage(text), paths[0].(string))
		return splNative(found)
	}
	var all []json.RawMessage
	for _, p := range paths {
		if found, ok := splFollow(json.RawMessage(text), p.(string)); ok {
			all = append(all, found)
		}
	}
	if all == nil {
		return "[]"
	}
	return splCompact(all)
}

// splFollow finds the value at a path of keys. It knows no places in arrays.
func splFollow(value json.RawMessage, path string) (found json.RawMessage, ok bool) {
	if strings.ContainsAny(path, "{}") {
		panic("path " + path)
	}
	for _, key := range strings.Split(path, ".") {
		var fields map[string]json.RawMessage
		if json.Unmarshal(value, &fields) != nil {
			return nil, false
		}
		if value, ok = fields[key]; !ok {
			return nil, false
		}
	}
	return value, true
}

// splNative is a value of JSON as eval has it.
func splNative(value json.RawMessage) any {
	value = bytes.TrimSpace(value)
	if len(value) == 0 || string(value) == "null" { // "Converts a JSON null to a null"
		return nil
	}
	switch value[0] {
	case '{', '[':
		return splCompact(value)
	}
	var native any
	if err := json.Unmarshal(value, &native); err != nil {
		panic(err)
	}
	return native
}

func splCompact(value any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err)
	}
	return strings.TrimSpace(b.String())
}

// splElements is json_array_to_mv: "maps the elements of a proper JSON array into a multivalue field. If the input is
// not a valid JSON array, the function outputs nothing." With true it "preserves bracketing quotes on JSON string data
// types".
func splElements(value any, quotes bool) any {
	if !quotes {
		panic("json_array_to_mv without true(): no page says what becomes of escapes in a string")
	}
	text, isText := value.(string)
	if !isText {
		return nil
	}
	var elements []json.RawMessage
	if json.Unmarshal([]byte(text), &elements) != nil {
		return nil
	}
	var all []string
	for _, e := range elements {
		all = append(all, splCompact(e))
	}
	return splField(all)
}

// splJSONEvent is an event of JSON as Splunk has it: its text, and fields whose names have {} behind those of lists. A
// null is the text "null", an object or a list without values is no field. Search Reference: "spath".
func splJSONEvent(event doc) doc {
	raw := splCompact(event)
	out := doc{"_raw": raw}
	add := func(name, value string) {
		switch had := out[name].(type) {
		case nil:
			out[name] = value
		case string:
			out[name] = []any{had, value}
		case []any:
			out[name] = append(had, value)
		}
	}
	var walk func(name string, value any)
	walk = func(name string, value any) {
		switch value := value.(type) {
		case doc:
			for _, key := range sortedKeys(value) {
				walk(strings.TrimPrefix(name+"."+key, "."), value[key])
			}
		case []any:
			for _, one := range value {
				walk(name+"{}", one)
			}
		case nil:
			add(name, "null")
		default:
			add(name, fmt.Sprint(value))
		}
	}
	walk("", event)
	return out
}

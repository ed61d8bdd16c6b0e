package event

import (
	"bytes"
	"encoding/json"
	"strings"

	"decree/engine/event/logline"
)

// Collectors carry an event whole in one text: as a JSON object, as Windows' XML, or as a line of a log.

// carries tells whether a text of JSON, which begins data, holds an event, also in a form that is not read.
func carries(data []byte) bool {
	if bytes.HasPrefix(data, []byte(`"{`)) {
		return true
	}
	end := skipValue(data, 0)
	if end < 0 || data[0] != '"' {
		return false
	}
	text, ok := carriedText(data[:end])
	return ok && (strings.HasPrefix(text, "{") || isXML([]byte(text)) || renderedText(text) != "" || logline.Detect(text))
}

// carriedText reads a text of JSON, without the space and the declaration of XML before the event.
func carriedText(data []byte) (text string, ok bool) {
	if json.Unmarshal(data, &text) != nil {
		return "", false
	}
	text = strings.TrimSpace(text)
	if declaration, event, found := strings.Cut(text, "?>"); found && strings.HasPrefix(declaration, "<?xml") {
		text = strings.TrimSpace(event)
	}
	return text, true
}

// carried gives the event of a text.
func (r *Reader) carried(text string) (Content, bool) {
	if strings.HasPrefix(text, "{") {
		return TextContent([]byte(text)), true
	}
	line := logline.Line{XML: text}
	if !strings.HasPrefix(text, "<Event") {
		var ok bool
		if line, ok = (&logline.Reader{Latest: r.latest}).Parse(text); !ok {
			return Content{}, false
		}
	}
	switch {
	case line.JSON != "":
		return TextContent([]byte(line.JSON)), true
	case line.XML != "":
		fields, err := record(line.XML)
		return fieldContent(fields), err == nil
	}
	data, err := json.Marshal(line.Fields)
	if err != nil {
		panic(err) // texts always can be written
	}
	return TextContent(data), true
}

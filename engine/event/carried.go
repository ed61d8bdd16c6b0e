package event

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
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

// carried reads what a text holds. guessed tells that the year of its time is.
func (r *Reader) carried(text string) (line logline.Line, guessed, ok bool) {
	switch {
	case strings.HasPrefix(text, "{"):
		return logline.Line{JSON: text}, false, true
	case strings.HasPrefix(text, "<Event"):
		return logline.Line{XML: text}, false, true
	}
	lines := &logline.Reader{Latest: r.latest}
	line, ok = lines.Parse(text)
	return line, lines.Yearless(), ok
}

// expandText queues the event that the text of an envelope holds. The fields of a line stand beside the envelope's.
func (r *Reader) expandText(raw Raw, found opened, depth int) {
	r.expandCarried(raw, raw.value(found.at), found.envelope, depth)
}

// expandCarried does so for a text of JSON, and what is around it.
func (r *Reader) expandCarried(raw, inner Raw, within *envelope, depth int) {
	text, ok := carriedText(inner.text)
	line, guessed := logline.Line{}, false
	if ok {
		line, guessed, ok = r.carried(text)
	}
	switch {
	case !ok:
	case line.JSON != "":
		inner.Content = TextContent([]byte(line.JSON))
		r.expand(inner, within, depth+1)
		return
	case line.XML != "":
		if fields, ok := wholeRecord(line.XML); ok {
			inner.Content = fieldContent(fields)
			r.expand(inner, within, depth+1)
			return
		}
	default:
		raw.Content = r.joined(raw.text, line.Fields, guessed)
		r.queue = append(r.queue, raw)
		return
	}
	raw.Err = unread(inner.text)
	r.queue = append(r.queue, raw)
}

// zoned is a time that says which zone it is of.
var zoned = regexp.MustCompile(`(?:Z|UTC|[+-]\d{2}:?\d{2})$`)

// envelopeTimes are the keys in which envelopes have the time of a line.
var envelopeTimes = []string{"@timestamp", "timestamp", "_time", "time", "date", "EnqueuedTimeUtc"}

// joined adds the fields of a line to those of the envelope around it. Of a name that both have, both texts count. The
// line's time counts for both, or the envelope's where the line's lacks its year or zone.
func (r *Reader) joined(envelope []byte, line map[string]any, guessed bool) Content {
	fields, err := Object(envelope)
	if err != nil {
		fields = map[string]any{} // the end is missing
	}
	if at, timed := line["timestamp"].(string); timed {
		known := slices.IndexFunc(envelopeTimes, func(name string) bool { return fields[name] != nil })
		switch {
		case !guessed && zoned.MatchString(at):
			delete(fields, "timestamp")
			if fields["@timestamp"] != nil {
				fields["@timestamp"] = at
			}
		case known >= 0:
			line["timestamp"] = fields[envelopeTimes[known]]
			delete(fields, "timestamp")
		default:
			r.guessed = r.guessed || guessed
		}
	}
	for name, v := range line {
		had, isText := fields[name].(string)
		value, single := v.(string)
		switch {
		case fields[name] == nil:
			fields[name] = v
		case isText && single && had != value:
			fields[name] = []string{value, had}
		}
	}
	data, err := json.Marshal(fields)
	if err != nil {
		panic(err) // texts always can be written
	}
	return TextContent(data)
}

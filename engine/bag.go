package engine

import (
	"slices"
	"strings"

	"decree/engine/event"
)

// texts reads what is asked for below columns that are written as texts of JSON. A text that is no
// object has nothing below it, as parse_json has it:
// https://learn.microsoft.com/en-us/kusto/query/parse-json-function
func (d *document) texts() {
	for _, i := range d.layout.inTexts {
		col := &d.cols[i]
		if col.gen != d.gen || len(col.texts) != 1 || !strings.HasPrefix(strings.TrimLeft(col.texts[0], " \t\r\n"), "{") {
			continue
		}
		fields, err := event.Object([]byte(col.texts[0]))
		if err != nil {
			continue // a text like any other
		}
		d.seen = high // it is not known
		words := len(d.every)
		d.path = append(d.path[:0], d.layout.list[i]...)
		d.fields(fields, 1)
		d.path, d.every = d.path[:0], d.every[:words] // readWords reads it for keywords
	}
}

// wordTexts are columns that hold an event, or a part of it, as a text of JSON or XML, whatever the model.
var wordTexts = []string{"_raw", "message", "Message"}

// readWords has keywords asked of the values in such a text, as they are of the same values in an object.
func (d *document) readWords() {
	for _, i := range d.layout.inWords {
		col := &d.cols[i]
		if col.gen != d.gen || len(col.texts) != 1 {
			continue
		}
		text := col.texts[0]
		values, ok := event.Values(text)
		if !ok {
			continue
		}
		d.seen = high // it is not known
		if at := slices.Index(d.every, text); at >= 0 {
			d.every = slices.Delete(d.every, at, at+1)
		}
		d.every = append(d.every, values...)
	}
}

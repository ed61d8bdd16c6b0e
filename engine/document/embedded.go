package document

import (
	"slices"
	"strings"

	"decree/engine/event"
	"decree/engine/jsontext"
)

// readEmbedded reads fields inside columns that hold JSON as a text. A text that is not an object, or an array of
// objects that the model lists, has no fields, as in parse_json:
// https://learn.microsoft.com/en-us/kusto/query/parse-json-function
func (d *Document) readEmbedded() {
	for _, i := range d.layout.nested {
		col := &d.cols[i]
		if col.gen != d.gen || len(col.Texts) != 1 {
			continue
		}
		name := d.layout.list[i]
		in := embedded(col.Texts[0], d.layout.objectArrays[name])
		if in == nil {
			continue // a text like any other
		}
		d.bits = jsontext.High // it is not known
		words := len(d.all)
		d.path = append(d.path[:0], name...)
		d.below(in, 1)
		d.path, d.all = d.path[:0], d.all[:words] // readWords reads it for keywords
	}
}

// embedded reads a text as a JSON object or, where that is asked for, as an array. It is nil if the text is neither.
func embedded(text string, orArray bool) any {
	begins := strings.TrimLeft(text, " \t\r\n")
	switch {
	case strings.HasPrefix(begins, "{"):
		if fields, err := event.Object([]byte(text)); err == nil {
			return fields
		}
	case orArray && strings.HasPrefix(begins, "["):
		if wrapped, err := event.Object([]byte(`{"a":` + text + `}`)); err == nil {
			return wrapped["a"]
		}
	}
	return nil
}

// wordTexts are columns that may hold a whole event, or a part of one, as JSON or XML text, in any model.
var wordTexts = []string{"_raw", "message", "Message"}

// readWords lets keywords match the values inside such a text, as they match the same values in an object. Few events
// are asked for keywords, so it comes when they are.
func (d *Document) readWords() {
	if d.split {
		return
	}
	d.split = true
	for _, i := range d.layout.wordColumns {
		col := &d.cols[i]
		if col.gen != d.gen || len(col.Texts) != 1 {
			continue
		}
		text := col.Texts[0]
		values, ok := event.Values(text)
		if !ok {
			continue
		}
		d.bits = jsontext.High // it is not known
		if at := slices.Index(d.all, text); at >= 0 {
			d.all = slices.Delete(d.all, at, at+1)
		}
		d.all = append(d.all, values...)
	}
	if d.halved {
		d.halvedWords()
	}
}

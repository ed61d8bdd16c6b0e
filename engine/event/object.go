package event

import (
	"encoding/json"
	"unicode/utf8"

	"decree/engine/jsontext"
)

// parser reads a JSON text into the values that encoding/json gives for it. Texts without escapes are parts of one copy
// of it.
type parser struct {
	data    []byte
	text    string // the same bytes
	at      int
	scratch []byte // of a string with escapes
}

// parse reads one JSON object as encoding/json does, with numbers as written. It gives nil for anything else, of which
// encoding/json says what is wrong.
func parse(data []byte) map[string]any {
	at := jsontext.Space(data, 0)
	if at >= len(data) || data[at] != '{' {
		return nil
	}
	end, err := jsontext.Skip(data, at, 0)
	if err != nil || jsontext.Space(data, end) != len(data) {
		return nil
	}
	p := &parser{data: data, text: string(data), at: at}
	return p.object()
}

// value reads a value of the text, which is known to be JSON.
func (p *parser) value() any {
	p.at = jsontext.Space(p.data, p.at)
	switch p.data[p.at] {
	case '{':
		return p.object()
	case '[':
		return p.list()
	case '"':
		return p.string()
	case 't', 'f', 'n':
		word := p.data[p.at]
		p.at = jsontext.Word(p.data, p.at)
		if word == 'n' {
			return nil
		}
		return word == 't'
	}
	start := p.at
	p.at = jsontext.Number(p.data, start)
	return json.Number(p.text[start:p.at])
}

func (p *parser) object() map[string]any {
	fields := map[string]any{}
	for p.begins('}') {
		key := p.string()
		p.at = jsontext.Space(p.data, p.at) + 1 // behind the colon
		fields[key] = p.value()
	}
	return fields
}

func (p *parser) list() []any {
	items := []any{}
	for p.begins(']') {
		items = append(items, p.value())
	}
	return items
}

// begins turns to the next element, which is behind a bracket or comma, or behind the end.
func (p *parser) begins(end byte) bool {
	p.at = jsontext.Space(p.data, p.at)
	at := p.at
	if p.data[at] == end {
		p.at++
		return false
	}
	p.at = jsontext.Space(p.data, at+1)
	if p.data[p.at] == end {
		p.at++
		return false
	}
	return true
}

// string reads a string.
func (p *parser) string() string {
	start := p.at + 1
	at := jsontext.Special(p.data, start)
	if p.data[at] == '"' {
		p.at = at + 1
		return valid(p.text[start:at])
	}
	p.scratch = append(p.scratch[:0], p.data[start:at]...)
	for p.data[at] == '\\' {
		var taken int
		p.scratch, taken = jsontext.AppendUnescaped(p.scratch, p.data[at:])
		next := jsontext.Special(p.data, at+taken)
		p.scratch = append(p.scratch, p.data[at+taken:next]...)
		at = next
	}
	p.at = at + 1
	return valid(string(p.scratch))
}

// valid puts U+FFFD for each byte that is not UTF-8, as encoding/json does.
func valid(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return string([]rune(text))
}

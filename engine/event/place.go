package event

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// NamePlace tells where the name of a field stands: in the header of a table, or as a key of the event that was read
// last. Line and column count from 1, the column in characters. Where that is not known, it is where the event begins.
func (r *Reader) NamePlace(e *Event, name string) (line, column int) {
	if r.rows != nil {
		return r.rows.place(r.rows.headerText, r.rows.headerLine, name)
	}
	at, _, ok := r.key(e, name)
	if !ok {
		return e.Line, 1
	}
	return e.Line, 1 + utf8.RuneCount(e.Raw[:at])
}

// InHeader tells whether a table has a column of a name, whatever cells are empty.
func (r *Reader) InHeader(name string) bool {
	return r.rows != nil && slices.Contains(r.rows.header, name)
}

// ValuePlace tells where the value of a field stands in the event that was read last, as NamePlace does.
func (r *Reader) ValuePlace(e *Event, name string) (line, column int) {
	if r.rows != nil {
		return r.rows.place(r.rows.last, e.Line, name)
	}
	_, at, ok := r.key(e, name)
	if !ok {
		return e.Line, 1
	}
	return e.Line, 1 + utf8.RuneCount(e.Raw[:at])
}

// place finds a column's cell in the text of a row that begins at a line.
func (r *rows) place(record []byte, begin int, name string) (line, column int) {
	parse := csv.NewReader(bytes.NewReader(record))
	parse.LazyQuotes, parse.Comma = true, rune(r.comma)
	cells, err := parse.Read()
	i := slices.Index(r.header, name)
	if err != nil || i < 0 || i >= len(cells) {
		return begin, 1
	}
	line, at := parse.FieldPos(i)
	text := bytes.Split(record, []byte("\n"))[line-1]
	return begin + line - 1, 1 + utf8.RuneCount(text[:at-1])
}

// key finds a key of an event that is one line of JSON, and its value: offsets in bytes.
func (r *Reader) key(e *Event, name string) (key, value int, ok bool) {
	quoted, err := json.Marshal(name)
	if err != nil || r.elements != nil {
		return 0, 0, false
	}
	for from := 0; ; {
		at := bytes.Index(e.Raw[from:], quoted)
		if at < 0 {
			return 0, 0, false
		}
		key = from + at
		from = key + len(quoted)
		rest := bytes.TrimLeft(e.Raw[from:], " \t")
		if after, is := bytes.CutPrefix(rest, []byte(":")); is {
			return key, len(e.Raw) - len(bytes.TrimLeft(after, " \t")), true
		}
	}
}

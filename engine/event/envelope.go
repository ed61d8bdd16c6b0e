package event

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// opened is an envelope with its events located.
type opened struct {
	*envelope
	at      int      // where the value with the events begins
	columns []string // of rows
}

// open finds the events of the object at the beginning of data. If data is cut off, the part before the cut decides,
// and the cut must be inside the value with the events.
func open(data []byte) (found opened, ok bool) {
	if mayWrap(data) == 0 {
		return found, false
	}
	all := members{of: data}
	may := ^uint64(0)
	end := walk(data, func(key []byte, value int) bool {
		may &= formsOf(key)
		all.keys, all.values = append(all.keys, string(key)), append(all.values, value)
		return may != 0
	})
	if may == 0 || len(all.keys) == 0 {
		return found, false
	}
	for i := range envelopes {
		if may&(1<<i) == 0 {
			continue
		}
		form := &envelopes[i]
		at := form.member(all.keys)
		if isCut := end < 0; at < 0 || isCut && at != len(all.keys)-1 {
			continue
		}
		if found, ok = form.open(all, all.values[at]); ok {
			return found, true
		}
	}
	return found, false
}

// members are the keys of an object, and where in its text their values begin.
type members struct {
	of     []byte
	keys   []string
	values []int
}

// value gives the value of a key. It is nil if there is none, or if it is cut off.
func (m members) value(key string) []byte {
	for i, at := range m.values {
		if m.keys[i] != key {
			continue
		}
		if past := skipValue(m.of, at); past > 0 {
			return m.of[at:past]
		}
	}
	return nil
}

// member tells which key of an object has the events. It is -1 if the object is not of this form: it has that key twice
// or not at all, or lacks another that it must have.
func (e *envelope) member(keys []string) int {
	at := slices.Index(keys, e.holds)
	if at < 0 || slices.Contains(keys[at+1:], e.holds) {
		return -1
	}
	for needed := range strings.FieldsSeq(e.needs) {
		if !slices.Contains(keys, needed) {
			return -1
		}
	}
	return at
}

// mayWrap tells by its first key which forms an object may have. It runs for every event.
func mayWrap(data []byte) uint64 {
	at := 1
	if at < len(data) && data[at] <= ' ' {
		at = space(data, at)
	}
	if at >= len(data) || data[at] != '"' {
		return 0
	}
	key := data[at+1 : min(at+1+longestKey, len(data))]
	n := bytes.IndexByte(key, '"')
	if n < 0 {
		return 0
	}
	return formsOf(key[:n])
}

const longestKey = 48

// open examines the value with the events, once the form is known.
func (e *envelope) open(all members, at int) (opened, bool) {
	data, out := all.of, opened{envelope: e, at: at}
	first := byte(0) // of the value's elements
	if data[at] == '[' {
		if i := space(data, at+1); i < len(data) {
			first = data[i]
		}
	}
	switch e.as {
	case listOf, recordsOf:
		return out, first == '{' || first == ']'
	case rowsOf:
		for _, key := range []string{"columns", "Columns", "fields", "schema"} {
			out.columns = append(out.columns, columnNames(all.value(key))...)
		}
		return out, len(out.columns) > 0 && (first == '[' || first == ']')
	case hitsOf:
		inner, ok := hitsIn(data[at:])
		out.at += inner
		return out, ok
	case oneOf:
		return out, data[at] == '{' && (e.holds != "properties" || bytes.HasPrefix(all.value("category"), []byte(`"AdvancedHunting-`)))
	case inside:
		inner, ok := open(data[at:])
		inner.at += at
		return inner, ok
	case rowsBeside:
		return out, first == '{' || first == ']'
	case changesBeside:
		return out, changes(data[at:])
	case textOf:
		isDecoded := e.holds == "full_log" && bytes.HasPrefix(data[at:], []byte(`"{`)) // Wazuh has its fields in data
		return out, !isDecoded && carries(data[at:])
	case base64Of:
		return out, bytes.HasPrefix(data[at:], []byte(`"ey`)) // {"
	}
	return out, true
}

// hitsIn finds the list of events in an object.
func hitsIn(data []byte) (at int, ok bool) {
	if data[0] != '{' {
		return 0, false
	}
	walk(data, func(key []byte, value int) bool {
		if string(key) == "hits" || string(key) == "events" {
			at = value
		}
		return at == 0
	})
	return at, at > 0 && data[at] == '['
}

// changes tells whether a value is an object of nothing but osquery's lists of changed rows. A list without rows may be
// the text "".
func changes(data []byte) bool {
	lists, others := 0, 0
	end := walk(data, func(key []byte, value int) bool {
		isList := data[value] == '[' || bytes.HasPrefix(data[value:], []byte(`""`))
		if isList && (string(key) == "added" || string(key) == "removed") {
			lists++
		} else {
			others++
		}
		return others == 0
	})
	cut := skipValue(data, 0) < 0
	return lists > 0 && others == 0 && (end > 0 || cut)
}

// columnNames reads the names of columns: texts, or objects with a name.
func columnNames(data []byte) (names []string) {
	var columns []json.RawMessage
	if json.Unmarshal(data, &columns) != nil {
		return nil
	}
	for _, column := range columns {
		var name string
		var named struct{ Name, ColumnName string } // of any case
		if json.Unmarshal(column, &name) != nil && json.Unmarshal(column, &named) == nil {
			name = named.Name + named.ColumnName
		}
		if name == "" {
			return nil
		}
		names = append(names, name)
	}
	return names
}

package winevent

import (
	"cmp"
	"encoding/json"
	"slices"

	"decree/rules/diag"
)

// Field is a field of an event, with the values that it has: several if its name is given several times, or if it is an
// array.
type Field struct {
	Name   string
	Values []Value
}

// Fields are an event's, each name once, in the order in which they were given. They do not change.
type Fields []Field

// Collector is a sink that collects the fields of events. It makes memory for many events at once.
type Collector struct {
	fields []Field // of the event from begin on, and of events before it
	begin  int
	values []Value
	index  map[string]int // of an event with many fields: a name -> its place
}

const (
	fieldsAtOnce = 512
	valuesAtOnce = 512
	maxSearched  = 48 // fields of an event that are searched one by one
)

// Take gives the fields collected since the last call.
func (c *Collector) Take() Fields {
	taken := c.fields[c.begin:len(c.fields):len(c.fields)]
	c.begin = len(c.fields)
	if len(taken) > maxSearched {
		clear(c.index)
	}
	return taken
}

// Field implements Sink. The values of a name that is given several times become a list.
func (c *Collector) Field(name string, content Part) {
	switch {
	case content.List == nil:
		c.add(name, content.Value)
	case len(content.List) == 0:
		c.add(name, Value{})
	}
	for _, v := range content.List {
		c.add(name, v)
	}
}

func (c *Collector) add(name string, v Value) {
	if at := c.find(name); at >= 0 {
		f := &c.fields[at]
		f.Values = append(f.Values, v)
		return
	}
	if len(c.fields) == cap(c.fields) {
		event := c.fields[c.begin:]
		c.fields, c.begin = append(make([]Field, 0, max(fieldsAtOnce, 2*len(event))), event...), 0
	}
	if len(c.values) == cap(c.values) {
		c.values = make([]Value, 0, valuesAtOnce)
	}
	n := len(c.values)
	c.values = append(c.values, v)
	c.fields = append(c.fields, Field{name, c.values[n : n+1 : n+1]}) // another value makes a list of its own
	if count := len(c.fields) - c.begin; count > maxSearched {
		c.enter(count)
	}
}

// enter notes the place of the last field, and of those before it if it is the first to be noted.
func (c *Collector) enter(count int) {
	if c.index == nil {
		c.index = map[string]int{}
	}
	from := count - 1
	if count == maxSearched+1 {
		from = 0
	}
	for i := from; i < count; i++ {
		c.index[c.fields[c.begin+i].Name] = i
	}
}

// find gives the place of a field of the event, or -1.
func (c *Collector) find(name string) int {
	if len(c.fields)-c.begin > maxSearched {
		if i, ok := c.index[name]; ok {
			return c.begin + i
		}
		return -1
	}
	for i := c.begin; i < len(c.fields); i++ {
		if c.fields[i].Name == name {
			return i
		}
	}
	return -1
}

// JSON writes the fields as an object, in the order of their names.
func (f Fields) JSON() []byte {
	sorted := slices.SortedFunc(slices.Values(f), func(a, b Field) int { return cmp.Compare(a.Name, b.Name) })
	out := []byte{'{'}
	for i, field := range sorted {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendText(out, field.Name), ':')
		if len(field.Values) == 1 {
			out = field.Values[0].appendJSON(out)
			continue
		}
		for j, v := range field.Values {
			out = v.appendJSON(append(out, "[,"[min(j, 1)]))
		}
		out = append(out, ']')
	}
	return append(out, '}')
}

func (v Value) appendJSON(out []byte) []byte {
	if v.Bare {
		return append(out, v.Text...)
	}
	return appendText(out, v.Text)
}

// appendText quotes a text as encoding/json does, which writes the few that are more than letters and backslashes.
func appendText(out []byte, text string) []byte {
	begin := len(out)
	out = append(out, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c < ' ' || c > '~':
			quoted, err := diag.JSON(text)
			if err != nil {
				panic(err) // a text always can be written
			}
			return append(out[:begin], quoted...)
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// Map gives the fields with their values as JSON's decoder has them: string, json.Number or bool, or []any of these.
func (f Fields) Map() map[string]any {
	out := make(map[string]any, len(f))
	for _, field := range f {
		if len(field.Values) == 1 {
			out[field.Name] = field.Values[0].any()
			continue
		}
		list := make([]any, len(field.Values))
		for i, v := range field.Values {
			list[i] = v.any()
		}
		out[field.Name] = list
	}
	return out
}

func (v Value) any() any {
	switch {
	case !v.Bare:
		return v.Text
	case v.Text == "true" || v.Text == "false":
		return v.Text == "true"
	}
	return json.Number(v.Text)
}

// Size is how many bytes the names and values have.
func (f Fields) Size() (bytes int) {
	for _, field := range f {
		bytes += len(field.Name)
		for _, v := range field.Values {
			bytes += len(v.Text)
		}
	}
	return bytes
}

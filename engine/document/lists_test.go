package document

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/event"
	"decree/rules/schema"
)

// TestFieldsOfListsOfObjects holds that a field with dots is found in each object of a list, as Elasticsearch flattens
// them and Splunk names them with {}: https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/object
func TestFieldsOfListsOfObjects(t *testing.T) {
	for _, c := range []struct {
		event string
		texts []string // of a.b.c
		there bool
	}{
		{`{"a":[{"b":{"c":1}},{"b":{"c":2}}]}`, []string{"1", "2"}, true},
		{`{"a":{"b":[{"c":"x"},{"d":"y"},{"c":["z","w"]}]}}`, []string{"x", "z", "w"}, true},
		{`{"a":[{"b":[{"c":1},{"c":2}]},{"b":[{"c":3}]}]}`, []string{"1", "2", "3"}, true},
		{`{"a":[[{"b":{"c":1}}],[{"b":[[{"c":2}]]}]]}`, []string{"1", "2"}, true},
		{`{"a":[{"b":{"c":null}},{"b":{"c":{}}},{"b":{"c":1}}]}`, []string{"1"}, true},
		{`{"a":[{"b":{"c":null}}]}`, nil, false},
		{`{"a":[{"b":{"c":1}},{"b":{"c":null}}]}`, []string{"1"}, true},
		{`{"a":[1,"x",null,true,{"b":{"c":2}},[]]}`, []string{"2"}, true},
		{`{"a":[]}`, nil, false}, {`{"a":[{}]}`, nil, false}, {`{"a":[{"b":[]}]}`, nil, false},
		{`{"a.b.c":1,"a":[{"b":{"c":2}}]}`, []string{"1"}, true}, {`{"a":[{"b":{"c":2}},{"b":{"c":3}}],"a.b.c":1}`, []string{"1"}, true},
		{`{"a.b":[{"c":1},{"c":2}]}`, []string{"1", "2"}, true}, {`{"a":[{"b.c":1}]}`, []string{"1"}, true},
		{`{"x":[{"a":{"b":{"c":1}}}],"a":[{"b":{"c":2}}]}`, []string{"2"}, true},
		{`{"_source":{"a":[{"b":{"c":1}},{"b":{"c":2}}]}}`, []string{"1", "2"}, true},
	} {
		for _, keywords := range []bool{false, true} {
			l := newLayout()
			l.keywords = keywords
			i := l.column("a.b.c")
			read := New(l)
			for range 3 { // what was read before changes nothing
				require.NoError(t, read.Load([]byte(c.event)), c.event)
				checkColumn(t, read, i, c.texts, c.there, c.event)
			}
			fields, err := event.Decode([]byte(c.event))
			require.NoError(t, err)
			decoded := ofFields(l, fields)
			checkColumn(t, decoded, i, c.texts, c.there, c.event)
			if keywords {
				assert.Subset(t, read.All(), appendTexts(nil, fields))
				assert.Subset(t, decoded.All(), appendTexts(nil, fields))
			}
		}
	}
}

// ofFields reads decoded fields.
func ofFields(l *Layout, fields map[string]any) *Document {
	d := New(l)
	d.gen = 1
	d.fields(fields, 0)
	return d
}

func checkColumn(t *testing.T, d *Document, i int, texts []string, there bool, event string) {
	t.Helper()
	col := d.cols[i]
	assert.Equal(t, there, col.gen == d.gen && col.Present, event)
	if col.gen == d.gen {
		assert.ElementsMatch(t, texts, col.Texts, event)
	} else {
		assert.Empty(t, texts, event)
	}
}

// TestOfAKeyInAListThatStandsTwiceTheLastCounts holds for the objects of lists what holds for the event.
func TestOfAKeyInAListThatStandsTwiceTheLastCounts(t *testing.T) {
	for event, texts := range map[string][]string{
		`{"a":[{"b":1,"b":2},{"b":3}]}`:                 {"2", "3"},
		`{"a":[{"b":1},{"b":2,"b":3}]}`:                 {"1", "3"},
		`{"a":[{"b":1},{"b":2}],"a":[{"b":3},{"b":4}]}`: {"3", "4"},
		`{"a":[{"b":1},{"b":2}],"a":{"b":3}}`:           {"3"},
		`{"a":[{"b":1},{"b":2,"b":null}]}`:              {"1"},
	} {
		l := newLayout()
		i := l.column("a.b")
		d := New(l)
		require.NoError(t, d.Load([]byte(event)))
		checkColumn(t, d, i, texts, true, event)
	}
}

// TestAPathOfKustoEndsAtAList holds that below a column of the type dynamic lists have no properties:
// https://learn.microsoft.com/en-us/kusto/query/scalar-data-types/dynamic
func TestAPathOfKustoEndsAtAList(t *testing.T) {
	for _, event := range []string{`{"a":[{"b":1}]}`, `{"a":{"b":[{"c":1}]}}`, `{"a":"{\"b\":[{\"c\":1}]}"}`} {
		l := newLayout()
		l.jsonColumns = map[string]bool{"a": true}
		b, c := l.column("a.b"), l.column("a.b.c")
		d := New(l)
		require.NoError(t, d.Load([]byte(event)))
		assert.NotContains(t, d.cols[b].Texts, "1", event)
		assert.NotEqual(t, d.gen, d.cols[c].gen, event)
	}
}

// FuzzPaths holds that what stands below other fields is read from an event's text as from the decoded event.
func FuzzPaths(f *testing.F) {
	for _, text := range documents {
		f.Add([]byte(text))
	}
	f.Add([]byte(`{"a":[{"b":[{"c":1},{"c":[2,3]}]},{"b":{"c":"x"}},[{"b":{"c":null}}],{"b":{}}]}`))
	for _, text := range keysTwice {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fields, err := event.Decode(data)
		if err != nil || !utf8.Valid(data) || len(data) > 1<<12 {
			t.Skip("no event that both keep as it is")
		}
		l := newLayout()
		paths(l, "", fields)
		if !bytes.ContainsAny(data, `.\\`) { // of names with dots, two may be one column at one depth
			for _, name := range []string{"a.b", "a.c", "a.b.c", "b.c"} { // that may be in a value which does not count
				l.column(name)
			}
		}
		for name := range l.columns {
			if outermost, _, _ := strings.Cut(name, "."); slices.Contains(event.Forms, outermost) {
				t.Skip("wrapped: it is decoded to be read")
			}
		}
		read := New(l)
		require.NoError(t, read.Load(data))
		decoded := ofFields(l, fields)
		for name, i := range l.columns {
			want := decoded.cols[i]
			checkColumn(t, read, i, want.Texts, want.gen == decoded.gen && want.Present, name+" of "+string(data))
		}
	})
}

// keysTwice are events with a key that is given twice, fields inside whose values are asked for.
var keysTwice = []string{
	`{"a":{"b":1},"a":{"c":2}}`, `{"a":{"b":1},"a":3}`, `{"a":3,"a":{"b":1}}`, `{"a":{"b":1},"a":null}`, `{"a":[{"b":1}],"a":[{"c":2}]}`, `{"a":{"b":{"c":1},"b":{}}}`,
	`{"a":[{"b":{"c":1},"b":{"x":2}},{"b":{"c":3}}]}`, `{"\u0061":{"b":1},"a":{"c":2}}`, `{"a":{"b":1},"\u0061":{"c":2}}`, `{"\u0061":{"b":1},"\u0061":{"c":2}}`, `{"\u0061":{"b":{"c":1},"b":2}}`,
	`{"a":{"b":1},"x":{"a":{"b":2}},"a":{"c":2}}`,
}

// TestOfAKeyThatStandsTwiceTheLastValueCounts with the fields inside it. An event that has each key once in an object
// is read without decoding it, also where other objects have the same keys.
func TestOfAKeyThatStandsTwiceTheLastValueCounts(t *testing.T) {
	l := newLayout()
	for _, name := range []string{"a.b", "a.c", "a.b.c", "b.c"} {
		l.column(name)
	}
	full := New(l) // of which no further key is kept
	full.keysKept = maxKeys
	for _, d := range []*Document{New(l), full} {
		for range 2 {
			for _, text := range keysTwice {
				fields, err := event.Decode([]byte(text))
				require.NoError(t, err)
				decoded := ofFields(l, fields)
				require.NoError(t, d.Load([]byte(text)))
				assert.True(t, d.wrapped, text)
				for _, i := range l.columns {
					want := decoded.cols[i]
					checkColumn(t, d, i, want.Texts, want.gen == decoded.gen && want.Present, text)
				}
			}
			for _, text := range []string{`{"a":{"b":{"c":1},"c":2},"b":{"c":3}}`, `{"a":[{"b":{"c":1}},{"b":{"c":2}}],"x":1,"x":2}`, `{"a":{"b":1,"c":{"b":2}}}`} {
				require.NoError(t, d.Load([]byte(text)))
				assert.False(t, d.wrapped, text)
			}
		}
	}
	many := "{"
	for i := range maxApart + 1 {
		many += fmt.Sprintf(`"a%d":{"b":%d},`, i, i)
		l.column(fmt.Sprintf("a%d.b", i))
	}
	full = New(l)
	full.keysKept = maxKeys
	require.NoError(t, full.Load([]byte(many+`"a":{"b":1}}`)))
	assert.True(t, full.wrapped)
	checkColumn(t, full, l.columns["a.b"], []string{"1"}, true, many)
}

// paths asks for every field below others, but for those whose names have dots of their own.
func paths(l *Layout, name string, v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			paths(l, name, item)
		}
	case map[string]any:
		for key, inner := range v {
			if strings.Contains(key, ".") {
				continue
			}
			path := key
			if name != "" {
				path = name + "." + key
			}
			l.column(path)
			paths(l, path, inner)
		}
	}
}

// TestFieldsOfElements: of the arrays that a model lists, the fields of all elements are read, also in a column of JSON
// and from an array that is a text there.
func TestFieldsOfElements(t *testing.T) {
	l := NewLayout(&schema.Model{Dialect: "kql", Sources: []schema.Source{{
		Columns:  map[string]string{"T": "dynamic", "I": "dynamic"},
		Elements: map[string][]string{"T": {"id"}, "T.m": {"new"}, "I.list": {"id"}},
	}}})
	ids, news, inList, inOther := l.column("T.id"), l.column("T.m.new"), l.column("I.list.id"), l.column("I.other.id")
	for _, c := range []string{
		`{"T":[{"id":"a"},{"id":"b","m":[{"new":"n"}]}],"I":{"list":[{"id":"c"}],"other":[{"id":"d"}]}}`,
		`{"T":"[{\"id\":\"a\"},{\"id\":\"b\",\"m\":[{\"new\":\"n\"}]}]","I":"{\"list\":[{\"id\":\"c\"}],\"other\":[{\"id\":\"d\"}]}"}`,
	} {
		d := New(l)
		require.NoError(t, d.Load([]byte(c)))
		checkColumn(t, d, ids, []string{"a", "b"}, true, c)
		checkColumn(t, d, news, []string{"n"}, true, c)
		checkColumn(t, d, inList, []string{"c"}, true, c)
		checkColumn(t, d, inOther, nil, false, c)
	}
	d := New(l)
	require.NoError(t, d.Load([]byte(`{"I":"[{\"list\":[{\"id\":\"c\"}]}]","T":"[broken"}`)))
	checkColumn(t, d, inList, nil, false, "I is no array that the model lists")
	checkColumn(t, d, ids, nil, false, "a text like any other")
}

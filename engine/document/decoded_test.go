package document

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/event"
	"decree/rules/schema"
)

// TestAColumnIsShownAsItIsMatched: what a result shows of a decoded event is the value that tests had.
func TestAColumnIsShownAsItIsMatched(t *testing.T) {
	args := schema.Column{Name: "args", Also: []string{"line", "exec.line"}, Type: schema.Arguments}
	path := schema.Column{Name: "dir", Also: []string{"cwd"}, Type: schema.Directory, Key: "name"}
	plain := schema.Column{Name: "one", Also: []string{"other"}}
	hash := schema.Column{Name: "Hashes", Type: schema.HashSet, Key: "MD5"}
	below := schema.Column{Name: "a.b.c", OrElse: "z"}
	inText := schema.Column{Name: "text.key"}
	m := &schema.Model{Missing: "-", EmptyIsMissing: true, Sources: []schema.Source{{Columns: map[string]string{"text": "dynamic"}}}}
	l := NewLayout(m)
	columns := map[int]schema.Column{l.Slot(args): args, l.Slot(path): path, l.Slot(plain): plain, l.Slot(hash): hash, l.Slot(below): below, l.Slot(inText): inText}
	l.Finish()
	d, decoded := New(l), NewDecoded(m)
	seen := map[string]bool{}
	for _, text := range []string{
		`{"args":["a",["evil","c"],"b"],"dir":"/tmp","name":"x","one":"1"}`,
		`{"args":["a",null,"evil"],"dir":["/a","/b"],"name":["x","y"],"one":[["1"]]}`,
		`{"args":["a",{"x":"evil"},"b"],"dir":[["/a"],"/b"],"name":[null,["x","y"]],"one":[null,1]}`,
		`{"args":{"x":"evil"},"line":"b","dir":{"x":"y"},"cwd":"/","name":"x","one":{"x":"y"},"other":true}`,
		`{"args":[],"line":["b",1.50,false],"dir":[],"cwd":"/tmp","name":"x","one":[],"other":"o"}`,
		`{"args":[null],"exec":{"line":["c"]},"dir":[[]],"cwd":"/tmp","name":"x","one":[{}],"other":[[],"o"]}`,
		`{"args":[""],"line":"b","dir":"","cwd":"/tmp","name":"x","one":"","other":"o"}`,
		`{"args":null,"line":null,"dir":"/tmp","name":[],"cwd":"/","one":null,"other":{}}`,
		`{"args":[[],[["a"],[]],"b"],"dir":"/tmp","name":{"x":"y"}}`,
		`{"Hashes":"SHA1=0,MD5=ab","a":[{"b":[{"c":"in a list"}]},{"b":{"c":2}}],"text":"{\"key\":\"in a text\"}"}`,
		`{"Hashes":"SHA1=0","a":{"b":[[{"c":null},{"c":"deeper"}]]},"text":[{"key":"x"}]}`,
		`{"Hashes":["MD5=a","MD5=b"],"a.b":[{"c":1}],"a":[{"b":{"c":2}}],"text":{"key":"in an object"}}`,
		`{"one":"-","other":"after a word for nothing","a":[{"b":1}],"z":"or else"}`,
		`{}`,
	} {
		require.NoError(t, d.Load([]byte(text)))
		fields, err := event.Decode([]byte(text))
		require.NoError(t, err)
		for slot, column := range columns {
			want := d.Slot(slot).Texts
			for _, ev := range []*event.Event{event.Of(fields), {Raw: []byte(text)}} {
				assert.Equal(t, strings.Join(want, ", "), strings.Join(decoded.Texts(ev, column), ", "), "%s of %s", column.Name, text)
			}
			for _, one := range want {
				seen[strings.Clone(one)] = true
			}
		}
	}
	for _, want := range []string{"a evil c b", "a evil", "/a/x", "b 1.50 false", "c", "/tmp/x", "a b", "in a list", "deeper", "in a text", "in an object", "after a word for nothing", "or else", "ab"} {
		assert.True(t, seen[want], want)
	}
	for range 20 { // a map has no order
		assert.Equal(t, []string{"y"}, decoded.Texts(&event.Event{Raw: []byte(`{"a":{"b.c":"x"},"a.b":{"c":"y"}}`)}, below), "of two paths the last in the text")
	}
	assert.Equal(t, []string{"1", "2"}, decoded.Texts(event.Of(map[string]any{"one": []any{"1", []any{"2"}}}), plain))
}

func BenchmarkDecoded(b *testing.B) {
	fields := map[string]any{}
	var columns []schema.Column
	for i := range 40 {
		name := strings.Repeat("x", i+1)
		fields[name] = "value"
		if i < 10 {
			columns = append(columns, schema.Column{Name: name})
		}
	}
	d := NewDecoded(&schema.Model{})
	for b.Loop() {
		ev := event.Of(fields)
		for _, c := range columns {
			d.Texts(ev, c)
		}
	}
}

// TestOfSeveralColumnsTheFirstWithAValueCounts: where a product cannot tell an empty text from a missing one, an empty
// first column is passed over, as Kusto's coalesce does; elsewhere the empty text is the value.
func TestOfSeveralColumnsTheFirstWithAValueCounts(t *testing.T) {
	for emptyIsMissing, want := range map[bool]string{true: "second", false: ""} {
		l := NewLayout(&schema.Model{EmptyIsMissing: emptyIsMissing})
		whole := l.WholeIn([]schema.Column{{Name: "a"}, {Name: "b"}}, nil)
		l.Finish()
		d := New(l)
		require.NoError(t, d.Load([]byte(`{"a":"","b":"second"}`)))
		text, ok := d.Whole(whole)
		assert.True(t, ok)
		assert.Equal(t, want, text)
	}
}

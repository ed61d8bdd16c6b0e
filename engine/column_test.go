package engine

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/document"
	"decree/engine/event"
	"decree/rules/schema"
)

// TestAColumnIsShownAsItIsMatched: what a result shows of a decoded event is the value that tests had.
func TestAColumnIsShownAsItIsMatched(t *testing.T) {
	args := schema.Column{Name: "args", Also: []string{"line", "exec.line"}, Type: schema.Arguments}
	path := schema.Column{Name: "dir", Also: []string{"cwd"}, Type: schema.Directory, Key: "name"}
	plain := schema.Column{Name: "one", Also: []string{"other"}}
	m := &schema.Model{}
	l := document.NewLayout(m)
	columns := map[int]schema.Column{l.Slot(args): args, l.Slot(path): path, l.Slot(plain): plain}
	l.Finish()
	d := document.New(l)
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
		`{}`,
	} {
		require.NoError(t, d.Load([]byte(text)))
		fields, err := event.Decode([]byte(text))
		require.NoError(t, err)
		for slot, column := range columns {
			want, _ := d.First(slot)
			assert.Equal(t, want, columnOf(m, &event.Event{Fields: fields}, column), "%s of %s", column.Name, text)
			seen[strings.Clone(want)] = true
		}
	}
	for _, want := range []string{"a evil c b", "a evil", "/a/x", "b 1.50 false", "c", "/tmp/x", "a b"} {
		assert.True(t, seen[want], want)
	}
	assert.Equal(t, "1, 2", columnOf(m, &event.Event{Fields: map[string]any{"one": []any{"1", []any{"2"}}}}, plain))
}

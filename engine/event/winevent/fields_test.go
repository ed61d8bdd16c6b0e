package winevent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func values(texts ...string) []Value {
	out := make([]Value, len(texts))
	for i, text := range texts {
		out[i].Text = text
	}
	return out
}

// TestEventsKeepTheirFields collects events of few and of many fields, whose names come once and again.
func TestEventsKeepTheirFields(t *testing.T) {
	var c Collector
	var got []Fields
	var want []map[string]any
	for n := range 2000 {
		event := map[string]any{}
		for i := range n % (2 * maxSearched) {
			name := fmt.Sprint("f", i)
			c.Field(name, Part{Value: Value{Text: fmt.Sprint(n)}})
			event[name] = fmt.Sprint(n)
		}
		if n%7 == 0 {
			c.Field("list", Part{List: values("a", "b")})
			c.Field("list", Part{List: []Value{}})
			c.Field("one", Part{List: values("x")})
			event["list"], event["one"] = []any{"a", "b", ""}, "x"
		}
		got, want = append(got, c.Take()), append(want, event)
	}
	for n := range got {
		require.Equal(t, want[n], got[n].Map(), n)
	}
}

// FuzzJSON holds that texts are written as encoding/json writes them.
func FuzzJSON(f *testing.F) {
	for _, text := range []string{"", "C:\\a\"b", "<&>", "\x00\x1f\t\r\n\x7f", "ü\u2028😀", "\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		require.NoError(t, enc.Encode(map[string]any{text: []any{text, 1, true}, "b": text}))
		fields := Fields{{text, []Value{{Text: text}, {Text: "1", Bare: true}, {Text: "true", Bare: true}}}}
		if text != "b" {
			fields = append(fields, Field{"b", values(text)})
			require.Equal(t, want.String(), string(fields.JSON())+"\n")
		}
	})
}

func TestMap(t *testing.T) {
	fields := Fields{{"n", []Value{{Text: "1", Bare: true}}}, {"b", []Value{{Text: "false", Bare: true}}}, {"l", []Value{{Text: "1", Bare: true}, {Text: "1"}}}}
	want := map[string]any{"n": json.Number("1"), "b": false, "l": []any{json.Number("1"), "1"}}
	assert.Equal(t, want, fields.Map())
	assert.Equal(t, `{"b":false,"l":[1,"1"],"n":1}`, string(fields.JSON()))
}

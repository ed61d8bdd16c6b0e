package winevent

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func objectOf(t *testing.T, text string) map[string]any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v map[string]any
	require.NoError(t, dec.Decode(&v))
	return v
}

// TestConverted reads what tools make of a Windows event's XML.
func TestConverted(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"attributes below #attributes", `{"System":{"Provider":{"#attributes":{"Name":"p"}},"EventID":{"#attributes":{"Qualifiers":0},"#text":1},"Security":null}}`,
			`{"Provider_Name":"p","EventID_Qualifiers":0,"EventID":1,"Security":null}`},
		{"attributes with a mark", `{"@xmlns":"x","System":{"Provider":{"@Name":"p"},"EventID":{"-Qualifiers":0,"#text":"1"}}}`, `{"Provider_Name":"p","EventID_Qualifiers":0,"EventID":"1"}`},
		{"attributes apart", `{"System":{"EventID":1,"EventID_attributes":{"Qualifiers":0},"TimeCreated_attributes":{"SystemTime":"t"}}}`,
			`{"EventID":1,"EventID_Qualifiers":0,"TimeCreated_SystemTime":"t","TimeCreated":"t"}`},
		{"attributes without a mark", `{"System":{"Provider":{"Name":"p"},"EventID":{"Value":1},"TimeCreated":{"SystemTime":1.5}}}`, `{"Provider_Name":"p","EventID":1,"TimeCreated_SystemTime":1.5,"TimeCreated":1.5}`},
		{"elements as lists", `{"$":{"xmlns":"x"},"System":{"EventID":["1"],"Provider":[{"$":{"Name":"p"}}],"Keywords":["a","b"]}}`, `{"EventID":"1","Provider_Name":"p","Keywords":["a","b"]}`},
		{"named data", `{"EventData":{"Data":[{"@Name":"a","#text":"x"},{"@Name":"b"},{"Name":"c","#text":null},{"@Name":"a","#text":2}]}}`, `{"a":2,"b":"","c":""}`},
		{"data without names", `{"EventData":{"Data":["x",{"#text":["y"]},null,{"@Type":"z"}]}}`, `{"Data":["x",["y"],null]}`},
		{"one value without a name", `{"EventData":{"Data":{"#text":"x"}}}`, `{"Data":"x"}`},
		{"data that is a text", `{"System":{"Channel":"c"},"EventData":"x","UserData":""}`, `{"Channel":"c","Data":"x"}`},
		{"values win over inner ones", `{"UserData":{"A":{"x":1,"y":2,"B":{"y":3,"z":4}},"x":5,"C":{"#text":6,"D":{}},"#attributes":{"n":7},"E":{"F":{}}}}`, `{"x":5,"y":2,"z":4,"C":6}`},
		{"EventData wins", `{"EventData":{"a":1},"UserData":{"a":2,"b":""},"System":{"EventID":3,"a":4,"b":5}}`, `{"a":1,"b":"","EventID":3}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := Decoded(objectOf(t, c.in))
			assert.True(t, ok)
			assert.Equal(t, objectOf(t, c.want), got)
		})
	}
	for _, other := range []string{`{}`, `{"System":{"ID":1}}`, `{"System":1,"EventData":"x"}`, `{"EventData":{"a":1},"other":2}`, `{"EventData":[{"a":1}]}`} {
		_, ok := Decoded(objectOf(t, other))
		assert.False(t, ok, other)
	}
}

// unordered is a source that gives the keys of some objects otherwise.
type unordered struct {
	decoded
	key string // given twice
}

func (u *unordered) Members(read func(key []byte) error) error {
	value := u.value
	if object, ok := value.(map[string]any); ok && object[u.key] != nil {
		u.value = object[u.key]
		if err := read([]byte(u.key)); err != nil {
			return err
		}
	}
	u.value = value
	return u.decoded.Members(read)
}

// TestKeysThatAreGivenTwice holds that they are noticed wherever what came first is not simply replaced.
func TestKeysThatAreGivenTwice(t *testing.T) {
	event := `{"System":{"Provider":{"#attributes":{"Name":"p"}},"EventID":1},"EventData":{"In":{"x":1},"Image":"i"}}`
	for key, want := range map[string]bool{"System": true, "Provider": true, "#attributes": true, "In": true, "EventID": false, "Image": false, "Name": false, "x": false} {
		c := NewConverter(&unordered{decoded{value: objectOf(t, event)}, key})
		_, ok, err := c.Event()
		require.NoError(t, err)
		assert.True(t, ok)
		assert.Equal(t, want, c.IsAmbiguous, key)
	}
	many := map[string]any{}
	for _, a := range "abcdefghijklmnopqrstuvwxyz" {
		for _, b := range "abcdefghijklmnopqrstuvwxyz" {
			many[string(a)+string(b)] = map[string]any{}
		}
	}
	c := NewConverter(&decoded{value: map[string]any{"System": many}})
	_, _, err := c.Event()
	require.NoError(t, err)
	assert.True(t, c.IsAmbiguous, "too many to compare")
}

// failing is a source that cannot be read to its end.
type failing struct {
	decoded
	left int
}

var errEnd = errors.New("the text ends")

func (f *failing) Keep() (Ref, error) {
	if f.left--; f.left < 0 {
		return 0, errEnd
	}
	return f.decoded.Keep()
}

func (f *failing) String() (string, error) {
	if f.left--; f.left < 0 {
		return "", errEnd
	}
	return f.decoded.String()
}

// TestErrorsOfTheSource holds that none is lost, wherever the source ends.
func TestErrorsOfTheSource(t *testing.T) {
	event := objectOf(t, `{"System":{"EventID":1,"Provider":{"#attributes":{"Name":"p"}},"Keywords":[1,2]},"EventData":{"Data":[{"@Name":"a","#text":"x"},"y",1],"In":{"x":1}},"UserData":"u","other":1}`)
	for left := range 10 {
		_, _, err := NewConverter(&failing{decoded{value: event}, left}).Event()
		assert.ErrorIs(t, err, errEnd, left)
	}
	_, _, err := NewConverter(&failing{decoded{value: event}, 10}).Event()
	assert.NoError(t, err)
}

// TestFlatten gives the fields of XML's elements.
func TestFlatten(t *testing.T) {
	text := func(text string) []Part { return []Part{{Value: Value{Text: text}}} }
	event := &Element{Children: []*Element{
		{Name: "System", Children: []*Element{
			{Name: "TimeCreated", Attributes: []Attribute{{"SystemTime", text("t")[0]}}},
			{Name: "EventID", Parts: text("1"), Attributes: []Attribute{{"xmlns", text("x")[0]}, {"xmlns:a", text("x")[0]}}},
			{Name: "Correlation", Parts: text("")},
		}},
		{Name: "EventData", Attributes: []Attribute{{"Name", text("n")[0]}}, Children: []*Element{
			{Name: "Data", Attributes: []Attribute{{"Name", text("a")[0]}}, Parts: []Part{{List: values("x", "y")}}},
			{Name: "Data"}, {Name: "Data", Parts: append(text("p: "), Part{List: values("q", "r")})},
			{Name: "Outer", Parts: text(" \n"), Children: []*Element{{Name: "Leaf", Attributes: []Attribute{{"of", text("z")[0]}}}}},
		}},
		{Name: "BinaryEventData", Parts: text("0A")},
		{Name: "RenderingInfo", Children: []*Element{{Name: "Message", Parts: text("m")}, {Name: "Level", Parts: text("l")}}},
		{Name: "Other", Parts: text("o")},
	}}
	var c Collector
	NewFlattener(&c).Event(event)
	assert.Equal(t, map[string]any{"TimeCreated": "t", "TimeCreated_SystemTime": "t", "EventID": "1", "EventData_Name": "n", "a": []any{"x", "y"}, "Data": []any{"", "p: q,r"}, "Leaf_of": "z",
		"BinaryEventData": "0A", "Message": "m"}, c.Take().Map())
}

package event

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/rules/diag"
)

// sortable are texts of events, and whether they are written without being decoded.
var sortable = []struct {
	name, text string
	asItIs     bool
}{
	{"keys out of order", `{"b":1,"a":"x","B":{"z":[],"y":[1,"2",{"d":0,"c":null}],"x":{}}}`, true},
	{"spaces", " \t{ \"b\" : [ 1 , true ] ,\r\n \"a\" : { } } \n", true},
	{"an empty object", `{}`, true},
	{"an empty key", `{"b":"","":"x"}`, true},
	{"escapes that are written", `{"a":"C:\\Windows\\cmd.exe \"x\"\r\n\t\b\f"}`, true},
	{"numbers", `{"a":-0,"b":1.50e+3,"c":12345678901234567890123}`, true},
	{"lists in lists", `{"a":[[],[[1],[]],"["]}`, true},
	{"HTML", `{"a":"<b>&amp;</b>"}`, true},
	{"letters of other scripts", `{"ä":"Größe 漢字 \u2028"}`, false},
	{"other letters as they are", `{"ä":"Größe 漢字 …"}`, true},
	{"a line separator", "{\"a\":\"x\u2028y\"}", false},
	{"bytes that are not UTF-8", "{\"a\":\"x\xff\"}", false},
	{"an escaped slash", `{"a":"https:\/\/x"}`, false},
	{"an escaped letter", `{"a":"\u0041\\u0041"}`, false},
	{"a key with an escape", `{"a\"b":1}`, false},
	{"a key that occurs twice", `{"a":1,"b":2,"a":3}`, false},
	{"one that occurs twice below", `{"a":{"b":1,"b":2}}`, false},
	{"a key with a space", `{"Source Name":"x"}`, false},
	{"a space below", `{"a":{"Source Name":"x"}}`, true},
	{"a search hit", `{"_index":"i","_source":{"b":1,"a":2}}`, false},
	{"winlogbeat", `{"winlog":{"event_id":1,"event_data":{"B":"x","A":"y"}}}`, false},
	{"NXLog", `{"SourceName":"S","EventID":1,"Hostname":"H","RecordNumber":5}`, true},
	{"NXLog with names of both", `{"SourceName":"S","EventID":1,"Hostname":"H","Computer":null}`, true},
	{"null for NXLog", `{"SourceName":null,"EventID":1,"Hostname":"H"}`, true},
	{"Splunk's add-on", `{"EventCode":1,"source":"WinEventLog:Security"}`, false},
	{"Fluent Bit", `{"StringInserts":["a"],"ProviderName":"P","Channel":"Security"}`, false},
	{"a form's key below", `{"a":{"winlog":{"event_id":1}}}`, true},
	{"deep", `{"a":` + strings.Repeat("[", 300-1) + strings.Repeat("]", 300-1) + `}`, false},
}

func TestJSONIsWhatTheFieldsGive(t *testing.T) {
	for _, c := range sortable {
		t.Run(c.name, func(t *testing.T) {
			want := decodedJSON(t, c.text)
			got, err := (&Event{Raw: []byte(c.text)}).AppendJSON([]byte("x"))
			require.NoError(t, err)
			require.Equal(t, "x"+want, string(got))

			s := sorter{data: []byte(c.text)}
			require.Equal(t, c.asItIs, s.event())
		})
	}
}

func TestJSONOfFieldsAndOfNoEvent(t *testing.T) {
	got, err := Of(map[string]any{"b": "x", "a": nil}).AppendJSON(nil)
	require.NoError(t, err)
	require.Equal(t, `{"a":null,"b":"x"}`, string(got))

	got, err = new(Event).AppendJSON(nil)
	require.NoError(t, err)
	require.Equal(t, "null", string(got))
}

func decodedJSON(t *testing.T, text string) string {
	fields, err := Decode([]byte(text))
	require.NoError(t, err)
	want, err := diag.JSON(fields)
	require.NoError(t, err)
	return string(want)
}

// FuzzJSON holds that the JSON of an event is that of its fields.
func FuzzJSON(f *testing.F) {
	for _, c := range sortable {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := Decode([]byte(text)); err != nil {
			s := sorter{data: []byte(text)}
			require.False(t, s.event())
			return
		}
		got, err := (&Event{Raw: []byte(text)}).AppendJSON(nil)
		require.NoError(t, err)
		require.Equal(t, decodedJSON(t, text), string(got))
	})
}

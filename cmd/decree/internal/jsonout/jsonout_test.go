package jsonout

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"decree/rules/diag"
)

// plainly writes a value by encoding/json and diag.VisibleJSON.
func plainly(t *testing.T, v any, lines bool, indent string) (string, error) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if lines {
		enc.SetIndent(indent, "  ")
	}
	err := enc.Encode(v)
	return string(diag.VisibleJSON(bytes.TrimSuffix(b.Bytes(), []byte("\n")))), err
}

// agree holds that a value is written as encoding/json writes it.
func agree(t *testing.T, v any) {
	t.Helper()
	want, wrong := plainly(t, v, false, "")
	got, err := Append([]byte("before"), v)
	require.Equal(t, wrong == nil, err == nil, "%#v: %v", v, err)
	if wrong == nil {
		require.Equal(t, "before"+want, string(got))
	} else {
		require.Equal(t, "before", string(got))
	}
	for _, indent := range []string{"", "  ", "    "} {
		want, wrong := plainly(t, v, true, indent)
		got, err := AppendIndented(nil, v, indent)
		require.Equal(t, wrong == nil, err == nil)
		if wrong == nil {
			require.Equal(t, want, string(got))
		}
	}
}

type inner struct {
	Name  string         `json:"name,omitempty"`
	Share float64        `json:"share"`
	Row   map[string]int `json:"row,omitempty"`
	skip  int
}

type own string

func (o own) MarshalJSON() ([]byte, error) { return json.Marshal([]string{string(o), "a\u200bb"}) }

type pointed struct{ A int }

func (p *pointed) MarshalText() ([]byte, error) { return []byte(strings.Repeat("x", p.A)), nil }

type outer struct {
	Time     time.Time `json:"time"`
	Text     string    `json:"text"`
	No       string    `json:"-"`
	Line     int       `json:"line,omitempty"`
	Far      int64     `json:"far"`
	Small    uint8     `json:"small,omitempty"`
	Is       bool      `json:"is,omitempty"`
	Texts    []string  `json:"texts,omitempty"`
	Numbers  []int     `json:"numbers"`
	Bytes    []byte    `json:"bytes"`
	Inner    []inner   `json:"inner"`
	Pointer  *inner    `json:"pointer,omitempty"`
	Never    *inner    `json:"never"`
	Any      any       `json:"any"`
	Names    []any     `json:"names"`
	Table    [2]string `json:"table"`
	Own      own       `json:"own"`
	Pointed  pointed   `json:"pointed"`
	Pointeds []pointed `json:"pointeds"`
	Event    any       `json:"event"`
	Map      map[string]string
	Empty    map[string]any `json:"empty"`
	ByNumber map[int]string `json:"by_number,omitempty"`
}

type embedding struct {
	inner
	Number int `json:",string"`
}

func values() []any {
	full := outer{Time: time.Unix(1, 0).UTC(), Text: "a\u202eb\x7f\u2028 <&> \xff \U000e0001é", No: "no", Line: 3, Far: -1 << 62, Small: 7, Is: true, Texts: []string{"x", ""}, Numbers: []int{1, -2}, Bytes: []byte("bytes"),
		Inner: []inner{{Name: "n", Share: 0.1, Row: map[string]int{"b": 1, "a": 2}, skip: 1}, {}}, Pointer: &inner{Share: 1e30}, Any: inner{}, Names: []any{1, "x", nil, []string(nil)}, Own: "own", Pointed: pointed{2}, Pointeds: []pointed{{1}, {3}},
		Event: map[string]any{"b": json.Number("1e400"), "a": []any{true, nil, map[string]any{}, []any{}}, "é\"\\": map[string]any{"c": "\b\f\n\r\t\x01"}}, Map: map[string]string{"z": "1", "y": "2"}, Empty: map[string]any{}, ByNumber: map[int]string{2: "b", 1: "a"}}
	return []any{nil, full, &full, outer{}, []outer{full, {}}, []outer{}, map[string]any(nil), []any(nil), "text", true, 1, 1.5, uint8(3), json.Number(""), json.Number("-0.5"), json.Number("1 "), json.Number("x"), math.NaN(),
		embedding{inner{Name: "n"}, 5}, map[string]inner{"b": {}, "a": {Name: "x"}}, (*outer)(nil), []float64{1, math.Inf(1)}, func() {}, map[own]int{"b": 1}, own("x"), &pointed{1}}
}

func TestValuesAreWrittenAsByEncodingJSON(t *testing.T) {
	for _, v := range values() {
		agree(t, v)
	}
	require.False(t, kindOf(reflect.TypeFor[outer]()).plain)
	require.True(t, kindOf(reflect.TypeFor[embedding]()).plain)
}

// FuzzEvents holds the same of any decoded event.
func FuzzEvents(f *testing.F) {
	f.Add([]byte(`{"a":[1,2.50,"x",{"b":null,"c":{}}],"d":[],"e\u200b":"\u202e\ud800 \u007f","":true}`))
	f.Add([]byte("\"\xff\""))
	f.Fuzz(func(t *testing.T, data []byte) {
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		var v any
		if dec.Decode(&v) != nil {
			v = string(data)
		}
		agree(t, v)
	})
}

// BenchmarkAppendIndented gives what it costs to write a match.
func BenchmarkAppendIndented(b *testing.B) {
	event := map[string]any{"Image": `C:\Windows\System32\cmd.exe`, "CommandLine": `"C:\Windows\System32\cmd.exe" /c ` + strings.Repeat("whoami ", 30), "ProcessId": json.Number("9848"), "Hashes": "SHA1=413C1F34505298888665E7C9C2D03AD5FF51723F"}
	match := outer{Text: "Everything", Texts: []string{"attack.t1059", "attack.execution"}, Inner: []inner{{Name: "a", Share: 1}}, Event: event}
	for name, write := range map[string]func() error{
		"here": func() error {
			_, err := AppendIndented(make([]byte, 0, 4096), match, "  ")
			return err
		},
		"encoding/json": func() error {
			var out bytes.Buffer
			enc := json.NewEncoder(&out)
			enc.SetEscapeHTML(false)
			enc.SetIndent("  ", "  ")
			err := enc.Encode(match)
			diag.VisibleJSON(out.Bytes())
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := write(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// plainly reads one JSON object with encoding/json alone.
func plainly(data []byte) (fields map[string]any, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil || nesting(data) > 300 {
		return nil, false
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, false
	}
	fields, ok = v.(map[string]any)
	return fields, ok
}

func objects() []string {
	return []string{
		`{}`, ` {"a" : 1 , "b" : [ ] , "c" : { } } `, `{"a":"\ud83d ude00"}`, `{"a":[1,-2.50,1e400,"x",true,false,null,{"b":[[]]}]}`, `{"a":1,"a":{"b":2},"a":"c"}`, `{"a\u0062":"\ud83d\ude00 \ud83d \\ \"\/\b\f\n\r\t"}`,
		"{\"\xff\":\"a\xff\xfeb\xe2\x82\"}", "{\"a\":\"\\n\xff\"}", `{"a":"` + strings.Repeat(`C:\\Windows\\`, 20) + `"}`, `{"a":1}{"b":2}`, `{"a":1} x`, `[1]`, `"a"`, `1`, `null`, `true`, ``, `{"a":01}`, `{"a":`,
		"{\"a\":\"\x01\"}", strings.Repeat(`{"a":`, 300) + `1` + strings.Repeat(`}`, 300), strings.Repeat(`{"a":`, 301) + `1` + strings.Repeat(`}`, 301), "\ufeff{}", "{}\x00",
	}
}

func agreeOnObject(t *testing.T, data []byte) {
	t.Helper()
	want, ok := plainly(data)
	got, err := Object(data)
	require.Equal(t, ok, err == nil, "%q: %v", data, err)
	if ok {
		require.Equal(t, want, got)
	}
}

func TestObjectsAreThoseOfEncodingJSON(t *testing.T) {
	for _, text := range objects() {
		agreeOnObject(t, []byte(text))
	}
}

// FuzzObject holds that an object is read as encoding/json reads it, and that both refuse the same texts.
func FuzzObject(f *testing.F) {
	for _, text := range objects() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) { agreeOnObject(t, data) })
}

// BenchmarkDecode gives what it costs to decode an event that matches.
func BenchmarkDecode(b *testing.B) {
	data := []byte(`{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"\"C:\\Windows\\System32\\cmd.exe\" /c whoami","User":"NT AUTHORITY\\SYSTEM",` +
		`"UtcTime":"2026-03-01 10:00:00.123","ProcessGuid":"{b34bc01c-de5e-5f68-5b16-000000000400}","ProcessId":9848,"IntegrityLevel":"System","Hashes":"SHA1=413C1F34505298888665E7C9C2D03AD5FF51723F","Tags":["a","b"]}`)
	for name, read := range map[string]func(){
		"here":          func() { _, _ = Object(data) },
		"encoding/json": func() { _, _ = plainly(data) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				read()
			}
		})
	}
}

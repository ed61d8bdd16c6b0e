package jsontext

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var texts = []string{
	`{}`, `[]`, `""`, `0`, `-1.5e+10`, `true`, `false`, `null`, `{"a":[1,{"b":"c"},[]],"d":{}}`, ` { "a" : [ 1 , 2 ] } `, `{"a":"b\"c\\d\u00e9\ud83d\ude00"}`, `[[[]],{"":{"":[]}}]`,
	``, `{`, `[`, `{"a"}`, `{"a":}`, `{"a":1,}`, `[1,]`, `[,1]`, `{,}`, `[1 2]`, `{"a":1 "b":2}`, `[}`, `{]`, `[{]}`, `01`, `-`, `1.`, `.5`, `1e`, `1e+`, `+1`, `tru`, `nul`, `truefalse`, `"a`, `"\x"`, `"\u12g4"`, `"\u123"`, "\"a\tb\"",
	"\"a longer text with a control character\x01 in it\"", `{"a longer key with \"escapes\"":"and a longer text \\ with more of them \n"}`, `{"a":1}}`, `{"a":1}]`, `{1:2}`, `{"a":1,"a":2}`, "[\f1]", "\ufeff{}",
}

// agree holds that a text is skipped to its end if, and only if, encoding/json accepts it.
func agree(t *testing.T, text []byte) {
	t.Helper()
	end, err := Skip(text, Space(text, 0), 0)
	whole := err == nil && Space(text, end) == len(text)
	require.Equal(t, json.Valid(text) && depth(text) <= MaxNesting, whole, "%q: %v", text, err)
}

// depth is how deep a valid text nests.
func depth(text []byte) (most int) {
	d := json.NewDecoder(strings.NewReader(string(text)))
	for depth := 0; ; {
		token, err := d.Token()
		if err != nil {
			return most
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		most = max(most, depth)
	}
}

func TestATextIsSkippedIfEncodingJSONAcceptsIt(t *testing.T) {
	for _, text := range texts {
		agree(t, []byte(text))
		agree(t, []byte(`{"a":`+text+`,"b":[`+text+`]}`))
	}
	for _, deep := range []int{MaxNesting, MaxNesting + 1} {
		agree(t, []byte(strings.Repeat(`[`, deep)+strings.Repeat(`]`, deep)))
		agree(t, []byte(strings.Repeat(`{"a":`, deep)+`1`+strings.Repeat(`}`, deep)))
	}
	_, err := Skip([]byte(`[[1]]`), 0, MaxNesting-1)
	require.ErrorIs(t, err, ErrDeep)
}

func TestEscapes(t *testing.T) {
	for _, text := range []string{`\"`, `\\`, `\/`, `\b`, `\f`, `\n`, `\r`, `\t`, `\u0041`, `\u00E9`, `\ud83d\ude00`, `\ud83d`, `\ude00`, `\ud83d\u0041`} {
		var want string
		require.NoError(t, json.Unmarshal([]byte(`"`+text+`"`), &want))
		var got []byte
		for at := 0; at < len(text); {
			require.Positive(t, EscapeLength([]byte(text[at:])))
			var taken int
			if text[at] != '\\' {
				got = append(got, text[at])
				at++
				continue
			}
			got, taken = AppendUnescaped(got, []byte(text[at:]))
			at += taken
		}
		require.Equal(t, want, string(got), text)
	}
	for _, text := range []string{``, `\`, `\x`, `\u`, `\u00g0`, "\\\x00"} {
		require.Zero(t, EscapeLength([]byte(text)), text)
	}
}

// FuzzSkip holds the same of any text.
func FuzzSkip(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { agree(t, text) })
}

// BenchmarkSkip gives what it costs to check a value of which nothing is asked for.
func BenchmarkSkip(b *testing.B) {
	for name, text := range map[string]string{
		"objects": `{"userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:session","sessionContext":{"attributes":{"mfaAuthenticated":false,"creationDate":"2026-03-01T10:00:00Z"}}},"resources":[{"ARN":"arn:aws:s3:::bucket/key","type":"AWS::S3::Object"},{"accountId":"111122223333"}]}`,
		"text":    `"` + strings.Repeat("a text without anything to decode ", 60) + `"`,
		"escapes": `"` + strings.Repeat(`C:\\Windows\\System32\\drivers\\etc\r\n`, 60) + `"`,
	} {
		b.Run(name, func(b *testing.B) {
			data := []byte(text)
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := Skip(data, 0, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package source

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

func TestQuotes(t *testing.T) {
	for text, want := range map[string]struct{ quoted, plain string }{
		"cmd.exe":     {`'cmd.exe'`, `cmd.exe`},
		`C:\x`:        {`'C:\x'`, `'C:\x'`},
		`dir\a/b`:     {`'dir\a/b'`, `dir\a/b`},
		"two words":   {`'two words'`, `two words`},
		"two  spaces": {`'two  spaces'`, `'two  spaces'`},
		"it's":        {`'it''s'`, `'it''s'`},
		"a - b":       {`'a - b'`, `a - b`},
		"- b":         {`'- b'`, `'- b'`},
		"a: b":        {`'a: b'`, `'a: b'`},
		"a #b":        {`'a #b'`, `'a #b'`},
		"":            {`''`, `''`},
		"true":        {`'true'`, `'true'`},
		"Yes":         {`'Yes'`, `'Yes'`},
		"null":        {`'null'`, `'null'`},
		"12":          {`'12'`, `'12'`},
		"1.5e3":       {`'1.5e3'`, `'1.5e3'`},
		"2026-01-02":  {`'2026-01-02'`, `'2026-01-02'`},
		"a\nb'\"":     {`"a\nb'\""`, `"a\nb'\""`},
		"\u202e":      {`"\u202e"`, `"\u202e"`},
	} {
		assert.Equal(t, want.quoted, Quoted(text), text)
		assert.Equal(t, want.plain, Plain(text), text)
	}
}

// FuzzQuotes reads what was written: YAML gives the same text, alone and as part of a list and of a mapping in one
// line.
func FuzzQuotes(f *testing.F) {
	for _, text := range []string{"", "a b", "a-", "it's", `\`, `"\`, "a\r\nb", "\x00\u0085\u2028\ufeff\uffff", "y", "0x1f", "1_000", "0o7", "12:30", "=", "<<", "~", ".inf", "a - b", "?", "日本　語", "\U0010ffff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("YAML is valid UTF-8")
		}
		for _, written := range []string{Quoted(text), Plain(text)} {
			var read struct {
				Alone any
				List  []any
				Map   map[string]any
			}
			require.NoError(t, yaml.Unmarshal([]byte("alone: "+written+"\nlist: ["+written+", "+written+"]\nmap: {a: "+written+", b: 1}\n"), &read), written)
			assert.Equal(t, text, read.Alone)
			assert.Equal(t, []any{text, text}, read.List)
			assert.Equal(t, map[string]any{"a": text, "b": 1}, read.Map)
		}
	})
}

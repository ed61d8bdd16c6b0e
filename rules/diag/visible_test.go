package diag

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"": "",
		"plain é 日本 правило שלום a\u00a0b": "plain é 日本 правило שלום a\u00a0b", // letters of every script, and spaces that are seen
		"a\nb\r\tc":                   `a\nb\r\tc`,
		"\x1b[31mred\x00\x7f":         `\x1b[31mred\x00\x7f`,
		"\u009b2J":                    `\u009b2J`,            // a terminal may read it as ESC [
		"\u202egpj.exe\u2066":         `\u202egpj.exe\u2066`, // right to left
		"a\u200bb\u200dc\u2060\ufeff": `a\u200bb\u200dc\u2060\ufeff`,
		"a\u00adb\u034fc\ufe0f\u3164": `a\u00adb\u034fc\ufe0f\u3164`,
		"\U000e0041\U000e0100":        `\U000e0041\U000e0100`, // tags and selectors, which can hide a text
		"\u2028\u2029\ue000":          `\u2028\u2029\ue000`,
		"\xff\ufffd":                  "\\xff\ufffd",
	} {
		assert.Equal(t, want, Visible(text))
	}
}

func TestFirstVisible(t *testing.T) {
	for text, want := range map[string]string{
		"::error::x": `\x3a:error::x`, "  ::error::x": `  \x3a:error::x`, "##[error]x": `\x23#[error]x`, "a ::error::x": "a ::error::x", "::1": `\x3a:1`, "#1": "#1",
	} {
		assert.Equal(t, want, FirstVisible(text))
	}
}

func TestWriteJSON(t *testing.T) {
	data := map[string]string{"a\u202e": "\x1b\u009b\u200b\U000e0041\\\u202e\n<&>\u2028"}
	var b strings.Builder
	require.NoError(t, WriteJSON(&b, data))
	var back map[string]string
	require.NoError(t, json.Unmarshal([]byte(b.String()), &back))
	assert.Equal(t, data, back)
	assert.NotContains(t, strings.ReplaceAll(b.String(), "\n", ""), "\u202e")
	assert.Contains(t, b.String(), "<&>")
}

// FuzzVisible holds that what is shown has no character that is not seen, and that JSON keeps its data.
func FuzzVisible(f *testing.F) {
	f.Add("a\x1b\u202e\U000e0041\xff")
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range Visible(text) {
			assert.True(t, unicode.IsGraphic(c), "%U", c)
		}
		raw, err := json.Marshal(text)
		require.NoError(t, err)
		var want, got string
		require.NoError(t, json.Unmarshal(raw, &want))
		require.NoError(t, json.Unmarshal(VisibleJSON(raw), &got))
		assert.Equal(t, want, got)
	})
}

package conf

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const example = "\xef\xbb\xbf# a comment\r\nversion = 1\r\n[One] \n; another\nsearch = index=win \\\n| where a=b \\\n  # no comment\n\ndisabled=0\n disabled = 1\nempty =\n" +
	"[Two [of] them]\naction.risk.param._risk = [{\"a\": \"=\"}]\n[One]\ncron_schedule = * * * * *\nlast = goes on \\"

func TestRead(t *testing.T) {
	got, err := Read([]byte(example))
	require.NoError(t, err)
	assert.Equal(t, []Stanza{
		{Default, []Setting{{"version", "1"}}},
		{"One", []Setting{{"search", "index=win \n| where a=b \n  # no comment"}, {"disabled", "1"}, {"empty", ""}, {"cron_schedule", "* * * * *"}, {"last", "goes on"}}},
		{"Two [of] them", []Setting{{"action.risk.param._risk", `[{"a": "="}]`}}},
	}, got)
}

func TestWrongFiles(t *testing.T) {
	for text, want := range map[string]string{
		"[a\nb = c": "line 1: the name of the stanza does not end in ]", "a = b\n\nwords": "line 3: a setting is written `key = value`",
		"= b": "line 1: a setting is written `key = value`", "a\xff = b": "the file is not text in UTF-8", "a\x00 = b": "the file is not text in UTF-8", "a \\\n = b": "line 1: a setting is written `key = value`",
		"[a]\nsearch = x \\\n| head\n| where b > 1": "line 4: a setting is written `key = value`; if it belongs to the value before it, end line 3 with a backslash and nothing behind it",
		"[a]\nsearch = x \\ \n| where b=1":          "line 3: a setting is written `key = value`; if it belongs to the value before it, end line 2 with a backslash and nothing behind it",
		"[a]\n| where b=1":                          "line 2: a setting is written `key = value`",
	} {
		_, err := Read([]byte(text))
		assert.EqualError(t, err, want, text)
	}
}

func TestLayers(t *testing.T) {
	base, _ := Read([]byte("[default]\nx = 0\n[a]\nx = 1\ny = 2\n[b]\nz = 1\n"))
	over, _ := Read([]byte("[a]\ny = 3\n[c]\nz = 9\n"))
	assert.Equal(t, []Stanza{
		{"a", []Setting{{"x", "1"}, {"y", "3"}}}, {"b", []Setting{{"x", "0"}, {"z", "1"}}}, {"c", []Setting{{"x", "0"}, {"z", "9"}}},
	}, WithDefaults(Layer(base, over)))
}

func TestLongValuesAreReadOnce(t *testing.T) {
	began := time.Now()
	_, err := Read([]byte("[a]\nsearch = x" + strings.Repeat(" \\\n| eval a=1", 200000)))
	require.NoError(t, err)
	assert.Less(t, time.Since(began), time.Minute)
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(example))
	f.Add([]byte("[a]\nb = \\\\\n\\\n= \\"))
	f.Fuzz(func(t *testing.T, data []byte) {
		stanzas, err := Read(data)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, s := range stanzas {
			assert.False(t, seen[s.Name], "a stanza is one")
			seen[s.Name] = true
			keys := map[string]bool{}
			for _, one := range s.Settings {
				assert.NotEmpty(t, one.Key)
				assert.False(t, keys[one.Key])
				keys[one.Key] = true
			}
		}
	})
}

package source

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/diag"
)

type sample struct {
	Text   string                `yaml:"text"`
	Flag   bool                  `yaml:"flag"`
	Count  *int                  `yaml:"count"`
	List   []string              `yaml:"list"`
	Levels map[int][]string      `yaml:"levels"`
	Parts  map[string]samplePart `yaml:"parts"`
}

type samplePart struct {
	Name string `yaml:"name"`
}

func TestDecode(t *testing.T) {
	f, top := read(t, "text: 5\nflag: true\ncount: 7\nlist: [a, b]\nlevels: {1: [x]}\nparts: {p: {name: ~}}\n")
	var got sample
	places := f.Decode(top, &got, "a sample", diag.Error)
	require.Empty(t, f.Found())
	count := 7
	assert.Equal(t, sample{"5", true, &count, []string{"a", "b"}, map[int][]string{1: {"x"}}, map[string]samplePart{"p": {}}}, got)
	for path, want := range map[string]string{"text": "1:7", "list[1]": "4:11", "levels.1[0]": "5:14", "parts.p.name": "6:19", "parts.p.other": "6:12", "nothing": "1:1"} {
		assert.Equal(t, "f.yml:"+want, places.Range(path).String(), path)
	}
	assert.True(t, places.Has("parts.p"))
	assert.False(t, places.Has("parts.q"))
	assert.False(t, places.Null("parts.p"))
	assert.False(t, places.Null("parts.q"), "what is not set is not null")
}

// TestDecodeReportsEveryPart: each part of another type, and each key that is not known, is at its place.
func TestDecodeReportsEveryPart(t *testing.T) {
	const text = "text: [a]\nflag: perhaps\ncount: many\nlist: x\nlevels: {one: [x]}\nparts: {p: {nam: y}, q: 5}\nparts: {}\n"
	f, top := read(t, text)
	f.Decode(top, &sample{}, "a sample", diag.Error)
	assert.Equal(t, []string{"1:7 wrong-type", "2:7 wrong-type", "3:8 wrong-type", "4:7 wrong-type", "5:10 wrong-type", "6:13 unknown-key", "6:25 wrong-type", "7:1 duplicate-name"}, codes(f))
	f, top = read(t, "nam: x\n")
	f.Decode(top, &samplePart{}, "a part", diag.Warning)
	require.Len(t, f.Found(), 1)
	assert.Equal(t, diag.Warning, f.Found()[0].Severity)
	assert.Equal(t, "did you mean `name`?", f.Found()[0].Hint)
	f, top = read(t, "- x\n")
	f.Decode(top, &samplePart{}, "a part", diag.Error)
	f.Decode(top, &map[string]string{}, "pairs", diag.Error)
	assert.Equal(t, []string{"1:1 wrong-type", "1:1 wrong-type"}, codes(f))
	hints := map[string]string{}
	for _, written := range []string{"list: x\n", "list: x y\n", "parts: {p: x}\n", "parts: x\n", "list: 'null'\n"} {
		f, top = read(t, written)
		f.Decode(top, &sample{}, "a sample", diag.Error)
		hints[written] = f.Found()[0].Hint
	}
	assert.Equal(t, map[string]string{"list: x\n": "write a list, such as `[x]`", "list: x y\n": "write a list",
		"parts: {p: x}\n": "write a mapping, such as `{name: x}`", "parts: x\n": "write a mapping", "list: 'null'\n": "write a list"}, hints)
	f, top = read(t, "!!binary '&'\n")
	f.Decode(top, new(string), "a text", diag.Error)
	assert.Equal(t, []string{"1:1 wrong-type"}, codes(f), "what the library alone refuses")
}

package source

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/rules/diag"
)

// shown are findings as line:column, code and message.
func shown(found diag.Diagnostics) []string {
	var out []string
	for _, d := range found {
		out = append(out, strings.TrimPrefix(d.Range.String(), "f.yml:")+" "+d.Code+": "+d.Message)
	}
	return out
}

func read(t *testing.T, text string) (*File, *yaml.Node) {
	t.Helper()
	f := New(nil, "f.yml", []byte(text), ForRules)
	return f, f.One()
}

// TestScalars reads each kind of value, and reports what is not one.
func TestScalars(t *testing.T) {
	text := func(f *File, n *yaml.Node) any { s := "before"; f.Text(&s, n, "x"); return s }
	texts := func(f *File, n *yaml.Node) any {
		s := []string{"before"}
		f.Texts(&s, n, "x")
		return strings.Join(s, "|")
	}
	prose := func(f *File, n *yaml.Node) any { s := "before"; f.Prose(&s, n, "x"); return s }
	truth := func(f *File, n *yaml.Node) any { b := true; f.Bool(&b, n, "x"); return b }
	word := func(f *File, n *yaml.Node) any { return f.Word("invalid-x", n, []string{"low", "high"}) }
	number := func(f *File, n *yaml.Node) any { return f.Number(n) }
	whole := func(f *File, n *yaml.Node) any { return f.Whole("invalid-x", n, "x", "", 1, 5) }
	duration := func(f *File, n *yaml.Node) any { return f.Duration(n).String() }
	timespan := func(f *File, n *yaml.Node) any { return f.Timespan(n).String() }
	for _, c := range []struct {
		read  func(*File, *yaml.Node) any
		value string
		want  any
		found []string
	}{
		{text, "a", "a", nil},
		{text, "5", "5", nil},
		{text, "~", "before", nil},
		{text, "[a]", "before", []string{"1:4 wrong-type"}},
		{texts, "a", "a", nil},
		{texts, "~", "before", nil},
		{texts, "{a: b}", "before", []string{"1:4 wrong-type"}},
		{texts, "[a, [b]]", "before|a|", []string{"1:8 wrong-type"}},
		{prose, "\n  a: b", "a: b", []string{"2:3 colon-in-text"}},
		{prose, "\n  a: b\n  c:", "a: b\nc:", []string{"2:3 colon-in-text"}},
		{prose, "{a: b}", "before", []string{"1:4 wrong-type"}},
		{prose, "\n  a: [b]", "before", []string{"2:3 wrong-type"}},
		{truth, "false", false, nil},
		{truth, "~", true, nil},
		{truth, "Off", false, []string{"1:4 truth-word"}},
		{truth, "often", false, []string{"1:4 wrong-type"}},
		{word, "low", "low", nil},
		{word, "~", "", nil},
		{word, "' HIGH'", "high", []string{"1:4 capital-letters"}},
		{word, "grave", "grave", []string{"1:4 invalid-x"}},
		{word, "[low]", "", []string{"1:4 wrong-type"}},
		{number, "1.5", 1.5, nil},
		{number, ".inf", 0.0, []string{"1:4 invalid-number"}},
		{whole, "5", 5, nil},
		{whole, "6", 1, []string{"1:4 invalid-x"}},
		{duration, "2h", "2h0m0s", nil},
		{duration, "1w", "168h0m0s", nil},
		{duration, "0h", "0s", []string{"1:4 invalid-duration"}},
		{duration, "{before: 2h}", "0s", []string{"1:4 invalid-duration"}},
		{duration, "36500d", "876000h0m0s", nil},
		{duration, "999999w", "0s", []string{"1:4 invalid-duration"}},
		{duration, "99999999999999999999s", "0s", []string{"1:4 invalid-duration"}},
		{timespan, "30m", "30m0s", nil},
		{timespan, "1M", "730h29m6s", nil},
		{timespan, "999y", "0s", []string{"1:4 invalid-duration"}},
	} {
		f, top := read(t, "x: "+c.value+"\n")
		require.NotNil(t, top, c.value)
		assert.Equal(t, c.want, c.read(f, Value(top, "x")), c.value)
		assert.Equal(t, c.found, codes(f), c.value)
	}
}

func TestMappings(t *testing.T) {
	f, top := read(t, "a: 1\nb: 2\na: 3\n[c]: 4\nd: 5\n")
	var keys []string
	for _, e := range f.Entries(top, "a test", "a", "b") {
		keys = append(keys, e.Key.Value)
	}
	assert.Equal(t, []string{"a", "b"}, keys)
	assert.Equal(t, []string{"3:1 duplicate-name", "4:1 wrong-type", "5:1 unknown-key"}, codes(f))
	assert.Equal(t, "2", Value(top, "b").Value)
	assert.Nil(t, Value(top, "e"))
	assert.Nil(t, Value(Without(top, "b"), "b"))
	assert.NotNil(t, Value(top, "b"), "the mapping itself stays as it was")
	assert.Len(t, Items(Value(top, "b")), 1)
	f, top = read(t, "- a\n- ''\n-\n")
	assert.Empty(t, f.Entries(top, "a test"))
	f.NoEmpty(top, "a list")
	assert.Equal(t, []string{"1:1 wrong-type", "2:3 empty-value", "3:2 empty-value"}, codes(f))
	assert.Same(t, top, Without(top, "a"))
	assert.Len(t, Items(top), 3)
}

// codes are findings as line:column and code.
func codes(f *File) []string {
	var out []string
	for _, s := range shown(f.Found()) {
		out = append(out, strings.SplitN(s, ": ", 2)[0])
	}
	return out
}

// TestDocuments reads files of one document and of several.
func TestDocuments(t *testing.T) {
	for _, c := range []struct {
		text  string
		one   bool
		found []string
	}{
		{"a: 1\n", true, nil},
		{"", false, nil},
		{"# nothing\n", false, nil},
		{"a: 1\n---\nb: 2\n", false, []string{"2:1 second-document"}},
		{"a: [\n", false, []string{"1:1 yaml-syntax"}},
		{"a: 1\nb: c: d\n", false, []string{"2:1 yaml-syntax"}},
		{"a: \xe9\n", false, []string{"1:1 yaml-syntax"}},
		{"x: &a [*a]\n", false, []string{"1:4 yaml-too-large"}},
		{"<<: 5\n", false, []string{"1:1 wrong-type"}},
		{strings.Repeat("#", maxSize+1), false, []string{"1:1 file-too-large"}},
	} {
		f, top := read(t, c.text)
		assert.Equal(t, c.one, top != nil, "%.20q", c.text)
		assert.Equal(t, c.found, codes(f), "%.20q", c.text)
	}
	f := New(nil, "f.yml", []byte("a: 1\n---\nb: 2\n---\nc: [\n"), ForRules)
	var keys []string
	f.Documents(func(top *yaml.Node) { keys = append(keys, top.Content[0].Value) })
	assert.Equal(t, []string{"a", "b"}, keys)
	assert.True(t, f.Broken())
}

// TestAliases replaces aliases and merge keys by what they name: a mapping's own keys win, and of several mappings the
// first.
func TestAliases(t *testing.T) {
	f, top := read(t, "base: &b {a: 1, c: 2}\nother: &o {a: 3, d: 4}\nx: {<<: [*b, *o], c: 5}\ny: *b\n")
	var x, y map[string]int
	f.Decode(Value(top, "x"), &x, "x", diag.Error)
	f.Decode(Value(top, "y"), &y, "y", diag.Error)
	assert.Empty(t, f.Found())
	assert.Equal(t, map[string]int{"a": 1, "c": 5, "d": 4}, x)
	assert.Equal(t, map[string]int{"a": 1, "c": 2}, y)
}

// TestTooManyFindings tells as many as the limit says, and how many are left out.
func TestTooManyFindings(t *testing.T) {
	limits := ForRules
	limits.Findings = 2
	f := New(nil, "f.yml", []byte("a: 1\nb: 2\nc: 3\nd: 4\n"), limits)
	f.Entries(f.One(), "a test", "e")
	assert.Equal(t, 4, f.Errors())
	found := shown(f.Found())
	require.Len(t, found, 3)
	assert.Contains(t, found[2], "2 more findings")
}

// TestPlaces finds parts of texts in the source.
func TestPlaces(t *testing.T) {
	f, top := read(t, "a: one two\nb: 'one two'\nc: \"on\\x65 two\"\nd: >-\n  one\n  two\ne: |\n  one two\n")
	for key, want := range map[string]string{"a": "1:8", "b": "2:9", "c": "3:11", "d": "6:3", "e": "8:7"} {
		n := Value(top, key)
		at := f.Within(n, strings.Index(n.Value, "two"), 3)
		if key == "c" {
			want = "3:4" // escapes hide the place
		}
		assert.Equal(t, "f.yml:"+want, at.String(), key)
	}
	assert.Equal(t, "f.yml:1:1", f.Range(nil).String())
	n := Value(top, "a")
	assert.Equal(t, f.Span(n), f.Within(n, 99, 1), "what is not in the text is at its start")
}

// TestSpans: a caret reaches from the first to the last character of a text, as it is written.
func TestSpans(t *testing.T) {
	for text, width := range map[string]int{
		`a: one`: 3, `a: 'one'`: 5, `a: "one"`: 5, `a: 'it''s'`: 7, `a: ''''`: 4, `a: "a\\b\"c\x65"`: 13, `a: "é\té"`: 6,
		`a: ["\\", "\\b"]`: 4, `a: "one\n"`: 7, "a: \"go \\\n  on\"": 5, "a: 'one\n\n  two'": 4, "a: |\n  one": 1,
		"a: 'one\n  two'": 4, "a: \"one\n  two\"": 4, "a: one\n  two": 3, "a: 'it''s\n  two'": 6,
		`a: !!str "\x41"`: 3, `a: ""`: 2,
	} {
		f, top := read(t, text)
		n := Value(top, "a")
		if n.Kind == yaml.SequenceNode {
			n = n.Content[0]
		}
		at := f.Span(n)
		assert.Equal(t, width, at.End.Col-at.Start.Col, text)
	}
}

// FuzzFile reads anything: every finding is in the file, and nothing panics.
func FuzzFile(f *testing.F) {
	for _, s := range []string{"a: [b, {c: d}]", "- &a x\n- *a", "<<: {a: 1}", "a: \"\\x41\"\r\nb: |\n  c", "\u2028a: b", "a: {b: c: d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := New(NewFolder("", fstest.MapFS{}), "f.yml", []byte(text), ForRules)
		file.Documents(func(top *yaml.Node) {
			var into struct {
				A []string       `yaml:"a"`
				B map[int]string `yaml:"b"`
				C *bool          `yaml:"c"`
			}
			file.Decode(top, &into, "a test", diag.Warning)
			for _, e := range file.Entries(top, "a test") {
				file.Beside(e.Value, "file", "file")
				file.Duration(e.Value)
				file.Within(e.Value, len(e.Value.Value)/2, 3)
			}
		})
		lines := strings.Split(text, "\n")
		for _, d := range file.Found() {
			assert.NotEmpty(t, d.Message)
			require.True(t, d.Range.Start.Line >= 1 && d.Range.Start.Line <= len(lines), d)
		}
	})
}

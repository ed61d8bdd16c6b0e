package diag

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func at(line, col, endLine, endCol int) Range {
	return Range{File: "rule.yml", Start: Position{line, col}, End: Position{endLine, endCol}}
}

// TestWriteText compares whole blocks, since their look is what people read.
func TestWriteText(t *testing.T) {
	source := "title: T\n\tname: x\n日本: value\nlast\r\né́a\x07b\xffc\n" + strings.Repeat("0123456789", 50) + "\n\n" + strings.Repeat("\t日", 100)
	cases := []struct {
		name string
		d    Diagnostic
		want string
	}{
		{"a word", Diagnostic{Code: "c", Severity: Error, Range: at(1, 8, 1, 9), Message: "m", Hint: "h"},
			"error[c]: m\n  --> rule.yml:1:8\n  |\n1 | title: T\n  |        ^\n  = hint: h\n\n"},
		{"no hint", Diagnostic{Code: "c", Severity: Warning, Range: at(1, 1, 1, 6), Message: "m"},
			"warning[c]: m\n  --> rule.yml:1:1\n  |\n1 | title: T\n  | ^^^^^\n\n"},
		{"after a tab", Diagnostic{Code: "c", Severity: Error, Range: at(2, 2, 2, 6), Message: "m"},
			"error[c]: m\n  --> rule.yml:2:2\n  |\n2 | \tname: x\n  | \t^^^^\n\n"},
		{"several lines", Diagnostic{Code: "c", Severity: Error, Range: at(1, 8, 3, 2), Message: "m"},
			"error[c]: m\n  --> rule.yml:1:8\n  |\n1 | title: T\n  |        ^\n\n"},
		{"below wide characters", Diagnostic{Code: "c", Severity: Error, Range: at(3, 1, 3, 3), Message: "m"},
			"error[c]: m\n  --> rule.yml:3:1\n  |\n3 | 日本: value\n  | ^^^^\n\n"},
		{"after wide characters", Diagnostic{Code: "c", Severity: Info, Range: at(3, 5, 3, 10), Message: "m"},
			"info[c]: m\n  --> rule.yml:3:5\n  |\n3 | 日本: value\n  |       ^^^^^\n\n"},
		{"at the end of a Windows line", Diagnostic{Code: "c", Severity: Error, Range: at(4, 5, 4, 6), Message: "m"},
			"error[c]: m\n  --> rule.yml:4:5\n  |\n4 | last\n  |     ^\n\n"},
		{"after combining and control characters", Diagnostic{Code: "c", Severity: Error, Range: at(5, 5, 5, 6), Message: "m"},
			"error[c]: m\n  --> rule.yml:5:5\n  |\n5 | é́a\\x07b\uFFFDc\n  |       ^\n\n"},
		{"in a long line", Diagnostic{Code: "c", Severity: Error, Range: at(6, 101, 6, 106), Message: "m"},
			"error[c]: m\n  --> rule.yml:6:101\n  |\n6 | …" + strings.Repeat("0123456789", 16) + "…\n  | " + strings.Repeat(" ", 41) + "^^^^^\n\n"},
		{"over a long line", Diagnostic{Code: "c", Severity: Error, Range: at(6, 1, 6, 501), Message: "m"},
			"error[c]: m\n  --> rule.yml:6:1\n  |\n6 | " + strings.Repeat("0123456789", 16) + "…\n  | " + strings.Repeat("^", 160) + "\n\n"},
		{"at the end of a long line", Diagnostic{Code: "c", Severity: Error, Range: at(6, 501, 6, 502), Message: "m"},
			"error[c]: m\n  --> rule.yml:6:501\n  |\n6 | …" + strings.Repeat("0123456789", 4) + "\n  | " + strings.Repeat(" ", 41) + "^\n\n"},
		{"an empty line", Diagnostic{Code: "c", Severity: Error, Range: at(7, 1, 7, 2), Message: "m"},
			"error[c]: m\n  --> rule.yml:7:1\n  |\n7 | \n  | ^\n\n"},
		{"past the end of a line", Diagnostic{Code: "c", Severity: Error, Range: at(4, 90, 4, 99), Message: "m"},
			"error[c]: m\n  --> rule.yml:4:90\n  |\n4 | last\n  |     ^\n\n"},
		{"hostile texts", Diagnostic{Code: "c", Severity: Error, Range: Range{File: "a\x1b[31m.yml"}, Message: "m\nn\x1b[2J", Hint: "h\u009b\u202ex\u2028"},
			"error[c]: m\\nn\\x1b[2J\n  --> a\\x1b[31m.yml\n  = hint: h\\u009b\\u202ex\\u2028\n\n"},
		{"no such line", Diagnostic{Code: "c", Severity: Error, Range: at(9, 1, 9, 2), Message: "m"},
			"error[c]: m\n  --> rule.yml:9:1\n\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var b strings.Builder
			WriteText(&b, Diagnostics{c.d}, func(string) []byte { return []byte(source) }, false)
			assert.Equal(t, c.want, b.String())
		})
	}
}

// TestNoSource leaves the excerpt out where the file cannot be read.
func TestNoSource(t *testing.T) {
	var b strings.Builder
	WriteText(&b, Diagnostics{{Code: "c", Severity: Error, Range: at(1, 1, 1, 2), Message: "m", Hint: "h"}}, func(string) []byte { return nil }, false)
	assert.Equal(t, "error[c]: m\n  --> rule.yml:1:1\n  = hint: h\n\n", b.String())
}

// FuzzWriteText renders any range of any line: no panic, and nothing that steers a terminal.
func FuzzWriteText(f *testing.F) {
	f.Add("title: x\n\tb", 1, 3, 1, 9)
	f.Add(strings.Repeat("日\t\u0301", 200), 1, 300, 1, 301)
	f.Add("", 0, 0, -1, -1)
	f.Fuzz(func(t *testing.T, source string, line, col, endLine, endCol int) {
		var b strings.Builder
		WriteText(&b, Diagnostics{{Code: "c", Range: at(line, col, endLine, endCol), Message: source, Hint: source}}, func(string) []byte { return []byte(source) }, false)
		assert.NotContains(t, b.String(), "\x1b")
		assert.LessOrEqual(t, strings.Count(b.String(), "\n"), 7)
	})
}

func TestColourOnlyWhenAsked(t *testing.T) {
	ds := Diagnostics{{Code: "c", Severity: Error, Range: at(1, 1, 1, 2), Message: "m"}}
	for _, colour := range []bool{false, true} {
		var b strings.Builder
		WriteText(&b, ds, func(string) []byte { return []byte("x") }, colour)
		assert.Equal(t, colour, strings.Contains(b.String(), "\x1b["))
	}
}

func TestDistinct(t *testing.T) {
	a, b := Diagnostic{Code: "a"}, Diagnostic{Code: "b"}
	assert.Equal(t, Diagnostics{b, a}, Diagnostics{b, a, b, a, a}.Distinct(), "in their order")
	assert.Nil(t, Diagnostics(nil).Distinct())
}

func TestSort(t *testing.T) {
	ds := Diagnostics{{Code: "c", Range: at(2, 1, 2, 2)}, {Code: "b", Range: at(1, 5, 1, 6)}, {Code: "a", Range: at(1, 1, 1, 2)}}
	ds.Sort()
	assert.Equal(t, "a", ds[0].Code)
	assert.Equal(t, "c", ds[2].Code)
}

func TestClosest(t *testing.T) {
	names := []string{"contains", "startswith", "endswith", "re", "title", "a", "union", "選択"}
	for got, want := range map[string]string{
		"contans": "contains", "CONTAINS": "contains", "endwith": "endswith", "xyz": "", "": "",
		"titel": "title", "tilte": "title", "unoin": "union", // letters in another order are one slip
		"b": "", "rx": "re", "選": "", "選擇": "選択", "含む": "", // never all letters, counted in characters
		"startwit": "startswith", "strtswit": "startswith", "strswit": "",
		strings.Repeat("contains", 9): "",
	} {
		assert.Equal(t, want, Closest(got, names), got)
	}
	assert.Equal(t, "ab", Closest("abc", []string{"ab", "bc"}), "the first of equals")
	assert.Empty(t, Closest("x", nil))
}

func TestMisspelt(t *testing.T) {
	names := []string{"TargetUserName", "User", "host", "選択肢木"}
	for got, want := range map[string]string{
		"TargetUsrNam": "TargetUserName", "TargetUsrNme": "TargetUserName", "TrgtUsrName": "", "targetusername": "TargetUserName",
		"Usr": "", "Uzer": "User", "Uzar": "", "user": "User", "hsot": "host", "h": "", "": "", "選択肢気": "選択肢木", "選択気気": "",
	} {
		assert.Equal(t, want, Misspelt(got, names), got)
	}
	assert.Equal(t, "AB", Misspelt("ab", []string{"ac", "AB"}), "of a short name, no letter")
}

func TestSimilar(t *testing.T) {
	assert.Empty(t, Similar("hostPath", []string{"stage"}, 3), "a name that is more than half unlike is no help")
	assert.Equal(t, []string{"Images", "Image"}, Similar("Imagess", []string{"User", "Image", "Images", "ParentImage"}, 2))
}

func TestSuggestions(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{DidYouMean("endwith", []string{"endswith", "re"}, "other"), "did you mean `endswith`?"},
		{DidYouMean("xyz", []string{"endswith", "re"}, "other"), "other"},
		{OneOf("xyz", []string{"endswith", "re"}), "one of endswith, re"},
		{OneOf("xyz", nil), ""},
		{Suggest("did you mean `%%%s%%`?", "tols", []string{"tools"}, ""), "did you mean `%tools%`?"},
	} {
		assert.Equal(t, c.want, c.got)
	}
}

// TestLinesOfFindingsAreReadOnce shows findings of one file in one pass, and finds lines in any order.
func TestLinesOfFindingsAreReadOnce(t *testing.T) {
	at := func(file string, line int) Diagnostic {
		return Diagnostic{Code: "a", Range: Range{File: file, Start: Position{line, 1}, End: Position{line, 2}}}
	}
	reads := 0
	source := func(string) []byte {
		reads++
		return []byte("one\ntwo\r\nthree")
	}
	show := func(ds ...Diagnostic) string {
		var b strings.Builder
		WriteText(&b, ds, source, false)
		return b.String()
	}
	shown := show(at("x", 1), at("x", 1), at("x", 2), at("x", 3))
	assert.Equal(t, 1, reads)
	assert.Equal(t, 2, strings.Count(shown, "1 | one\n"))
	assert.Contains(t, shown, "2 | two\n")
	assert.Contains(t, shown, "3 | three\n")
	shown = show(at("x", 3), at("x", 2), at("y", 2), at("y", 4))
	assert.Contains(t, shown, "3 | three\n")
	assert.Equal(t, 2, strings.Count(shown, "2 | two\n"))
	assert.NotContains(t, shown, "4 |")
}

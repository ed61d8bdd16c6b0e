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
	source := "title: T\n\tname: x\n日本: value\nlast"
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

func TestColourOnlyWhenAsked(t *testing.T) {
	ds := Diagnostics{{Code: "c", Severity: Error, Range: at(1, 1, 1, 2), Message: "m"}}
	for _, colour := range []bool{false, true} {
		var b strings.Builder
		WriteText(&b, ds, func(string) []byte { return []byte("x") }, colour)
		assert.Equal(t, colour, strings.Contains(b.String(), "\x1b["))
	}
}

func TestSort(t *testing.T) {
	ds := Diagnostics{{Code: "c", Range: at(2, 1, 2, 2)}, {Code: "b", Range: at(1, 5, 1, 6)}, {Code: "a", Range: at(1, 1, 1, 2)}}
	ds.Sort()
	assert.Equal(t, "a", ds[0].Code)
	assert.Equal(t, "c", ds[2].Code)
}

func TestClosest(t *testing.T) {
	names := []string{"contains", "startswith", "endswith", "re"}
	for got, want := range map[string]string{"contans": "contains", "CONTAINS": "contains", "endwith": "endswith", "xyz": "", "": ""} {
		assert.Equal(t, want, Closest(got, names), got)
	}
}
